// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of a few rows with words that lie anywhere. Four rows and two words at a time, or one
 * row and four words, so that there are sums enough to hide how long one takes; each product has
 * one vector of sums, which makes its bits the same in both.
 */
final class SimdWords {
  private static final VectorSpecies<Float> LANES = FloatVector.SPECIES_PREFERRED;
  private static final int STEP = LANES.length();

  private SimdWords() {}

  static void multiply(WordBlock b) {
    int stride = b.weights.stride();
    int row = 0;
    for (; row + 4 <= b.rows; row += 4) {
      int j = 0;
      for (; j + 2 <= b.count; j += 2) {
        fourByTwo(b, row, j, stride);
      }
      for (; j < b.count; j++) {
        for (int i = row; i < row + 4; i++) {
          one(b, i, j, stride);
        }
      }
    }
    for (; row < b.rows; row++) {
      int j = 0;
      for (; j + 4 <= b.count; j += 4) {
        oneByFour(b, row, j, stride);
      }
      for (; j < b.count; j++) {
        one(b, row, j, stride);
      }
    }
  }

  private static void fourByTwo(WordBlock b, int row, int j, int stride) {
    float[] x = b.x;
    float[] w = b.weights.numbers();
    int x0 = row * stride;
    int x1 = x0 + stride;
    int x2 = x1 + stride;
    int x3 = x2 + stride;
    int wa = b.words[b.first + j] * stride;
    int wb = b.words[b.first + j + 1] * stride;
    FloatVector a0 = FloatVector.zero(LANES);
    FloatVector a1 = a0;
    FloatVector a2 = a0;
    FloatVector a3 = a0;
    FloatVector b0 = a0;
    FloatVector b1 = a0;
    FloatVector b2 = a0;
    FloatVector b3 = a0;
    for (int i = 0; i < stride; i += STEP) {
      FloatVector first = load(w, wa + i);
      FloatVector second = load(w, wb + i);
      FloatVector v = load(x, x0 + i);
      a0 = v.fma(first, a0);
      b0 = v.fma(second, b0);
      v = load(x, x1 + i);
      a1 = v.fma(first, a1);
      b1 = v.fma(second, b1);
      v = load(x, x2 + i);
      a2 = v.fma(first, a2);
      b2 = v.fma(second, b2);
      v = load(x, x3 + i);
      a3 = v.fma(first, a3);
      b3 = v.fma(second, b3);
    }
    int out = row * WordBlock.MOST + j;
    b.out[out] = LaneSum.of(a0);
    b.out[out + 1] = LaneSum.of(b0);
    b.out[out + WordBlock.MOST] = LaneSum.of(a1);
    b.out[out + WordBlock.MOST + 1] = LaneSum.of(b1);
    b.out[out + 2 * WordBlock.MOST] = LaneSum.of(a2);
    b.out[out + 2 * WordBlock.MOST + 1] = LaneSum.of(b2);
    b.out[out + 3 * WordBlock.MOST] = LaneSum.of(a3);
    b.out[out + 3 * WordBlock.MOST + 1] = LaneSum.of(b3);
  }

  private static void oneByFour(WordBlock b, int row, int j, int stride) {
    float[] x = b.x;
    float[] w = b.weights.numbers();
    int at = row * stride;
    int w0 = b.words[b.first + j] * stride;
    int w1 = b.words[b.first + j + 1] * stride;
    int w2 = b.words[b.first + j + 2] * stride;
    int w3 = b.words[b.first + j + 3] * stride;
    FloatVector s0 = FloatVector.zero(LANES);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    for (int i = 0; i < stride; i += STEP) {
      FloatVector v = load(x, at + i);
      s0 = v.fma(load(w, w0 + i), s0);
      s1 = v.fma(load(w, w1 + i), s1);
      s2 = v.fma(load(w, w2 + i), s2);
      s3 = v.fma(load(w, w3 + i), s3);
    }
    int out = row * WordBlock.MOST + j;
    b.out[out] = LaneSum.of(s0);
    b.out[out + 1] = LaneSum.of(s1);
    b.out[out + 2] = LaneSum.of(s2);
    b.out[out + 3] = LaneSum.of(s3);
  }

  private static void one(WordBlock b, int row, int j, int stride) {
    float[] w = b.weights.numbers();
    int at = row * stride;
    int word = b.words[b.first + j] * stride;
    FloatVector s = FloatVector.zero(LANES);
    for (int i = 0; i < stride; i += STEP) {
      s = load(b.x, at + i).fma(load(w, word + i), s);
    }
    b.out[row * WordBlock.MOST + j] = LaneSum.of(s);
  }

  private static FloatVector load(float[] array, int at) {
    return FloatVector.fromArray(LANES, array, at);
  }
}
