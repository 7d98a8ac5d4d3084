// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import dev.dragoman.device.DataType;

/** The inner loops in plain Java, sums in double: the reference for {@link SimdMath}. */
final class ScalarMath implements VectorMath {

  @Override
  public AttentionMath attention() {
    return new ScalarAttention();
  }

  /** {@inheritDoc} In float32 always: these loops do not wait for memory. */
  @Override
  public HeadFormat cached(DataType precision, int headWidth) {
    return new PlainHeads(headWidth, attention());
  }

  @Override
  public void multiply(WordBlock block) {
    int stride = block.weights.stride();
    for (int row = 0; row < block.rows; row++) {
      for (int j = 0; j < block.count; j++) {
        int word = block.words[block.first + j] * stride;
        double sum = 0;
        for (int i = 0; i < stride; i++) {
          sum += block.x[row * stride + i] * block.weights.numbers()[word + i];
        }
        block.out[row * WordBlock.MOST + j] = (float) sum;
      }
    }
  }

  @Override
  public void scaleAdd(float[] x, float scale, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = x[i] * scale + y[i];
    }
  }

  @Override
  public void quantize(float[] x, int n, float scale, int offset, byte[] out) {
    for (int i = 0; i < n; i++) {
      out[i] = (byte) (Math.rint(x[i] * scale) + offset);
    }
  }

  @Override
  public void normalize(float[] x, Norm norm) {
    double mean = 0;
    for (int i = 0; i < norm.width(); i++) {
      mean += x[i];
    }
    mean /= norm.width();
    double variance = 0;
    for (int i = 0; i < norm.width(); i++) {
      variance += (x[i] - mean) * (x[i] - mean);
    }
    variance /= norm.width();
    double inverse = 1 / Math.sqrt(variance + norm.epsilon());
    for (int i = 0; i < norm.width(); i++) {
      x[i] = (float) ((x[i] - mean) * inverse * norm.gain()[i] + norm.bias()[i]);
    }
  }

  @Override
  public float sumExp(float[] x, int n, float max) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += Math.exp(x[i] - max);
    }
    return (float) sum;
  }

  @Override
  public void best(float[] x, int n, int first, Best best) {
    for (int i = 0; i < n; i++) {
      best.offer(x[i], first + i);
    }
  }
}
