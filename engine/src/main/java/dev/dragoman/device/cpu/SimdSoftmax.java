// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Scores become weights, on the JDK's vector API. */
final class SimdSoftmax {
  private static final VectorSpecies<Float> LANES = FloatVector.SPECIES_PREFERRED;
  private static final int STEP = LANES.length();

  private static final float UNSEEN = Float.NEGATIVE_INFINITY;

  private static final VectorSpecies<Integer> INTEGERS =
      VectorSpecies.of(int.class, LANES.vectorShape());

  /** The number of each lane. */
  private static final FloatVector NUMBERS = FloatVector.zero(LANES).addIndex(1);

  private SimdSoftmax() {}

  /**
   * Computes {@link AttentionMath#softmax} in three loops, as Java's compiler would give up on one.
   */
  static void of(QueryBlock block) {
    for (int head = 0; head < block.heads; head++) {
      for (int query = 0; query < block.count; query++) {
        int at = block.weights(query, head);
        float largest = largestSeen(block, at);
        divide(block, at, exponentiate(block, at, largest));
      }
    }
  }

  /**
   * Returns the largest score, and gives keys that are not seen -infinity. Scores are compared as
   * integers, whose largest takes one instruction where that of floats takes seven; the bits of
   * floats below zero are in reverse order.
   */
  private static float largestSeen(QueryBlock block, int at) {
    float[] x = block.weights;
    IntVector largest = IntVector.broadcast(INTEGERS, Integer.MIN_VALUE);
    for (int t = LANES.loopBound(block.first); t < block.end; t += STEP) {
      FloatVector scores =
          load(x, at + t)
              .blend(UNSEEN, NUMBERS.compare(VectorOperators.LT, (float) (block.first - t)))
              .blend(UNSEEN, NUMBERS.compare(VectorOperators.GE, (float) (block.end - t)));
      scores.intoArray(x, at + t);
      largest = largest.max(ordered(scores.reinterpretAsInts()));
    }
    int bits = largest.reduceLanes(VectorOperators.MAX);
    return Float.intBitsToFloat(bits ^ (bits >> 31 >>> 1));
  }

  /** Integers in the order of the floats that have these bits. */
  private static IntVector ordered(IntVector bits) {
    return bits.lanewise(VectorOperators.ASHR, 31)
        .lanewise(VectorOperators.LSHR, 1)
        .lanewise(VectorOperators.XOR, bits);
  }

  /** Makes the scores their exponentials, and returns the sum of these. */
  private static float exponentiate(QueryBlock block, int at, float largest) {
    float[] x = block.weights;
    float scale = block.scale;
    FloatVector sums = FloatVector.zero(LANES);
    for (int t = LANES.loopBound(block.first); t < block.end; t += STEP) {
      FloatVector e = SimdExponential.of(load(x, at + t).sub(largest).mul(scale));
      e.intoArray(x, at + t);
      sums = sums.add(e);
    }
    return LaneSum.of(sums);
  }

  private static void divide(QueryBlock block, int at, float sum) {
    float[] x = block.weights;
    float inverse = 1 / sum;
    for (int t = LANES.loopBound(block.first); t < block.end; t += STEP) {
      load(x, at + t).mul(inverse).intoArray(x, at + t);
    }
  }

  private static FloatVector load(float[] array, int at) {
    return FloatVector.fromArray(LANES, array, at);
  }
}
