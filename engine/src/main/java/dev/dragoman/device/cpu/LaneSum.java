package dev.dragoman.device.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The sum of a vector's lanes, always in the same order: halves are added lane by lane until one is
 * left. The JDK's own {@code reduceLanes} promises no order, and on Java 25 compiled code has
 * another than code that is not compiled yet, so that a translation would depend on what ran before
 * it.
 */
final class LaneSum {
  private static final VectorSpecies<Float> LANES = FloatVector.SPECIES_PREFERRED;

  private static final VectorShuffle<Float> BY_HALF = rotation(2);
  private static final VectorShuffle<Float> BY_QUARTER = rotation(4);
  private static final VectorShuffle<Float> BY_EIGHTH = rotation(8);
  private static final VectorShuffle<Float> BY_SIXTEENTH = rotation(16);

  private LaneSum() {}

  /** The sum of the 4, 8 or 16 lanes, which are all that vectors of 128 to 512 bits have. */
  static float of(FloatVector numbers) {
    FloatVector sums = numbers.add(numbers.rearrange(BY_HALF));
    sums = sums.add(sums.rearrange(BY_QUARTER));
    if (LANES.length() > 4) {
      sums = sums.add(sums.rearrange(BY_EIGHTH));
    }
    if (LANES.length() > 8) {
      sums = sums.add(sums.rearrange(BY_SIXTEENTH));
    }
    return sums.lane(0);
  }

  /** Moves each lane by that part of a vector. */
  private static VectorShuffle<Float> rotation(int part) {
    int lanes = LANES.length() / part;
    return VectorShuffle.fromOp(LANES, lane -> (lane + lanes) % LANES.length());
  }
}
