// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
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

  /** Swaps the quarters of each half. */
  private static final VectorShuffle<Float> QUARTERS_IN_TURNS =
      VectorShuffle.fromOp(LANES, lane -> lane ^ LANES.length() / 4);

  private static final VectorMask<Float> UPPER_HALF = lanesWithBit(LANES.length() / 2);
  private static final VectorMask<Float> UPPER_QUARTERS = lanesWithBit(LANES.length() / 4);

  private LaneSum() {}

  /**
   * Returns the sum of the 4, 8 or 16 lanes, which are all that vectors of 128 to 512 bits have.
   */
  static float of(FloatVector numbers) {
    FloatVector sums = numbers.add(numbers.rearrange(BY_HALF));
    return ofQuarters(sums.add(sums.rearrange(BY_QUARTER))).lane(0);
  }

  /**
   * Returns the sums of four vectors, to the bit as {@link #of} has them, for half the work: what
   * two vectors still have to be added up of fits into one.
   *
   * @return the sum of a at the first lane, of b at the middle, of c and d a quarter behind these
   */
  static FloatVector ofFour(FloatVector a, FloatVector b, FloatVector c, FloatVector d) {
    FloatVector ab = a.blend(b, UPPER_HALF).add(b.blend(a, UPPER_HALF).rearrange(BY_HALF));
    FloatVector cd = c.blend(d, UPPER_HALF).add(d.blend(c, UPPER_HALF).rearrange(BY_HALF));
    FloatVector sums =
        ab.blend(cd, UPPER_QUARTERS).add(cd.blend(ab, UPPER_QUARTERS).rearrange(QUARTERS_IN_TURNS));
    return ofQuarters(sums);
  }

  /** Adds up the lanes within each quarter, at its first lane. */
  private static FloatVector ofQuarters(FloatVector quarters) {
    FloatVector sums = quarters;
    if (LANES.length() > 4) {
      sums = sums.add(sums.rearrange(BY_EIGHTH));
    }
    if (LANES.length() > 8) {
      sums = sums.add(sums.rearrange(BY_SIXTEENTH));
    }
    return sums;
  }

  /** Moves each lane by that part of a vector. */
  private static VectorShuffle<Float> rotation(int part) {
    int lanes = LANES.length() / part;
    return VectorShuffle.fromOp(LANES, lane -> (lane + lanes) % LANES.length());
  }

  private static VectorMask<Float> lanesWithBit(int bit) {
    boolean[] set = new boolean[LANES.length()];
    for (int lane = 0; lane < set.length; lane++) {
      set[lane] = (lane & bit) != 0;
    }
    return VectorMask.fromArray(LANES, set, 0);
  }
}
