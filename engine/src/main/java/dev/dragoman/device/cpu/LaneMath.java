// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import dev.dragoman.device.DataType;

/**
 * What {@link SimdMath} computes, to the bit, in loops over single numbers: its lanes are elements
 * of a small array. Java runs such loops well after a few calls, and vectors only once they are
 * compiled with all optimizations, which takes the compiler a second; until then each of their
 * operations makes objects.
 */
final class LaneMath implements VectorMath {
  private static final float ROUNDING = 0x1.8p23f;

  /** The fewest bits of a vector; there is none of four bytes. */
  private static final int LEAST_VECTOR = 64;

  private final int lanes;
  private final ThreadLocal<float[]> sums;

  /** Computes in so many lanes, a power of two. */
  LaneMath(int lanes) {
    this.lanes = lanes;
    this.sums = ThreadLocal.withInitial(() -> new float[lanes]);
  }

  @Override
  public AttentionMath attention() {
    return new LaneAttention(lanes);
  }

  /** {@inheritDoc} Pairs are for vectors. */
  @Override
  public HeadFormat cached(DataType precision, int headWidth) {
    return new PlainHeads(headWidth, attention());
  }

  /** Computes v ← v + x·y over {@code count} numbers, a multiple of the lanes. */
  static void fuse(float[] x, int at, float[] y, int from, int count, float[] v) {
    for (int i = 0; i < count; i += v.length) {
      for (int lane = 0; lane < v.length; lane++) {
        v[lane] = Math.fma(x[at + i + lane], y[from + i + lane], v[lane]);
      }
    }
  }

  @Override
  public void multiply(WordBlock b) {
    float[] v = sums.get();
    int stride = b.weights.stride();
    float[] w = b.weights.numbers();
    for (int row = 0; row < b.rows; row++) {
      for (int j = 0; j < b.count; j++) {
        clear(v);
        fuse(b.x, row * stride, w, b.words[b.first + j] * stride, stride, v);
        b.out[row * WordBlock.MOST + j] = sum(v);
      }
    }
  }

  @Override
  public void scaleAdd(float[] x, float scale, float[] y, int n) {
    int whole = whole(n);
    for (int i = 0; i < whole; i++) {
      x[i] = Math.fma(x[i], scale, y[i]);
    }
    for (int i = whole; i < n; i++) {
      x[i] = x[i] * scale + y[i];
    }
  }

  @Override
  public void quantize(float[] x, int n, float scale, int offset, byte[] out) {
    int whole = lanes * Byte.SIZE < LEAST_VECTOR ? 0 : whole(n);
    for (int i = 0; i < whole; i++) {
      out[i] = (byte) Float.floatToRawIntBits(Math.fma(x[i], scale, ROUNDING + offset));
    }
    for (int i = whole; i < n; i++) { // the product is rounded, too
      out[i] = (byte) (Math.rint(x[i] * scale) + offset);
    }
  }

  @Override
  public void normalize(float[] x, Norm norm) {
    float[] v = sums.get();
    int n = norm.width();
    int whole = whole(n);
    clear(v);
    for (int i = 0; i < whole; i += lanes) {
      for (int lane = 0; lane < lanes; lane++) {
        v[lane] += x[i + lane];
      }
    }
    float sum = sum(v);
    for (int i = whole; i < n; i++) {
      sum += x[i];
    }
    float mean = sum / n;
    clear(v);
    for (int i = 0; i < whole; i += lanes) {
      for (int lane = 0; lane < lanes; lane++) {
        float difference = x[i + lane] - mean;
        v[lane] = Math.fma(difference, difference, v[lane]);
      }
    }
    float square = sum(v);
    for (int i = whole; i < n; i++) {
      square += (x[i] - mean) * (x[i] - mean);
    }
    float inverse = (float) (1 / Math.sqrt(square / n + norm.epsilon()));
    float[] gain = norm.gain();
    float[] bias = norm.bias();
    for (int i = 0; i < whole; i++) {
      x[i] = Math.fma((x[i] - mean) * inverse, gain[i], bias[i]);
    }
    for (int i = whole; i < n; i++) {
      x[i] = (x[i] - mean) * inverse * gain[i] + bias[i];
    }
  }

  @Override
  public float sumExp(float[] x, int n, float max) {
    float[] v = sums.get();
    int whole = whole(n);
    clear(v);
    for (int i = 0; i < whole; i += lanes) {
      for (int lane = 0; lane < lanes; lane++) {
        v[lane] += exp(x[i + lane] - max);
      }
    }
    double sum = sum(v);
    for (int i = whole; i < n; i++) {
      sum += Math.exp(x[i] - max);
    }
    return (float) sum;
  }

  @Override
  public void best(float[] x, int n, int first, Best best) {
    float threshold = best.threshold();
    for (int i = 0; i < n; i++) {
      if (x[i] > threshold) { // a later one that is equal does not enter
        best.offer(x[i], first + i);
        threshold = best.threshold();
      }
    }
  }

  /** Computes what {@link SimdExponential} does. */
  static float exp(float x) {
    float shifted = Math.fma(x, 1.442695f, ROUNDING);
    float n = shifted - ROUNDING;
    float r = Math.fma(n, -0.693359375f, x);
    r = Math.fma(n, 2.121944e-4f, r);
    float p = 1 / 720f;
    p = Math.fma(p, r, 1 / 120f);
    p = Math.fma(p, r, 1 / 24f);
    p = Math.fma(p, r, 1 / 6f);
    p = Math.fma(p, r, 0.5f);
    p = Math.fma(p, r, 1f);
    p = Math.fma(p, r, 1f);
    int bits = Float.floatToRawIntBits(p) + (Float.floatToRawIntBits(shifted) << 23);
    return x < -87.3f ? 0 : Float.intBitsToFloat(bits);
  }

  private int whole(int count) {
    return count / lanes * lanes;
  }

  static void clear(float[] v) {
    for (int lane = 0; lane < v.length; lane++) {
      v[lane] = 0;
    }
  }

  /** Returns the sum of the lanes, by halves as {@link LaneSum} adds them. */
  static float sum(float[] v) {
    for (int half = v.length / 2; half > 0; half /= 2) {
      for (int lane = 0; lane < half; lane++) {
        v[lane] += v[lane + half];
      }
    }
    return v[0];
  }
}
