// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The products of a query with keys, lane by lane, on their way to scores. Added up across lanes in
 * a loop of their own, since Java's compiler would give up on one that also multiplies.
 */
final class KeyProducts {
  private static final VectorSpecies<Float> LANES = FloatVector.SPECIES_PREFERRED;
  private static final int STEP = LANES.length();

  private final float[] sums = new float[STEP];
  private float[] lanes = new float[0];

  /** Makes room for a vector for each of so many keys, and for three more. */
  float[] reserve(int keys) {
    if (lanes.length < (keys + 3) * STEP) {
      lanes = new float[VectorMath.padded(keys + 3) * STEP];
    }
    return lanes;
  }

  /** Adds up: scores[at..at + keys) ← the sums; up to three more are written behind them. */
  void addUp(int keys, float[] scores, int at) {
    for (int t = 0; t < keys; t += 4) {
      int first = t * STEP;
      LaneSum.ofFour(
              load(first), load(first + STEP), load(first + 2 * STEP), load(first + 3 * STEP))
          .intoArray(sums, 0);
      scores[at + t] = sums[0];
      scores[at + t + 1] = sums[STEP / 2];
      scores[at + t + 2] = sums[STEP / 4];
      scores[at + t + 3] = sums[STEP / 2 + STEP / 4];
    }
  }

  private FloatVector load(int at) {
    return FloatVector.fromArray(LANES, lanes, at);
  }
}
