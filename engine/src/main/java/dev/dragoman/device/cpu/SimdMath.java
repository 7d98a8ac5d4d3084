// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import dev.dragoman.device.DataType;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** The inner loops on the JDK's vector API, in lanes as wide as the processor's. */
final class SimdMath implements VectorMath {
  private static final VectorSpecies<Float> LANES = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTEGERS =
      VectorSpecies.of(int.class, LANES.vectorShape());
  private static final int STEP = LANES.length();

  /** A species of as many bytes as there are lanes, but at least 64 bits, the shortest vector. */
  private static final VectorSpecies<Byte> BYTES =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, STEP * Byte.SIZE)));

  /** Returns the width of a vector. */
  static int bits() {
    return LANES.vectorBitSize();
  }

  @Override
  public AttentionMath attention() {
    return new SimdAttention();
  }

  @Override
  public HeadFormat cached(DataType precision, int headWidth) {
    if (precision == DataType.F32 || !PairedHeads.fit(headWidth)) {
      return new PlainHeads(headWidth, attention());
    }
    return new PairedHeads(headWidth, new PairedAttention());
  }

  @Override
  public void multiply(WordBlock block) {
    SimdWords.multiply(block);
  }

  @Override
  public void add(float[] x, int at, float[] y, int n) {
    int i = 0;
    for (; i + STEP <= n; i += STEP) {
      load(x, at + i).add(load(y, i)).intoArray(x, at + i);
    }
    for (; i < n; i++) {
      x[at + i] += y[i];
    }
  }

  @Override
  public void scaleAdd(float[] x, float scale, float[] y, int n) {
    FloatVector scales = broadcast(scale);
    int i = 0;
    for (; i + STEP <= n; i += STEP) {
      load(x, i).fma(scales, load(y, i)).intoArray(x, i);
    }
    for (; i < n; i++) {
      x[i] = x[i] * scale + y[i];
    }
  }

  /**
   * {@inheritDoc} The bits of numbers without a sign are in the order of the numbers, NaN above
   * all; the largest of integers takes one instruction, that of floats seven.
   */
  @Override
  public float magnitude(float[] x, int n) {
    IntVector most = IntVector.zero(INTEGERS);
    int i = 0;
    for (; i + STEP <= n; i += STEP) {
      most = most.max(load(x, i).reinterpretAsInts().and(Integer.MAX_VALUE));
    }
    float all = Float.intBitsToFloat(most.reduceLanes(VectorOperators.MAX));
    for (; i < n; i++) {
      all = Math.max(all, Math.abs(x[i]));
    }
    return all;
  }

  @Override
  public void quantize(float[] x, int n, float scale, int offset, byte[] out) {
    FloatVector scales = broadcast(scale);
    FloatVector rounding = broadcast(SimdExponential.ROUNDING + offset);
    int i = 0;
    for (; BYTES.length() == STEP && i + STEP <= n; i += STEP) {
      var integers = load(x, i).fma(scales, rounding).reinterpretAsInts();
      ((ByteVector) integers.convertShape(VectorOperators.I2B, BYTES, 0)).intoArray(out, i);
    }
    for (; i < n; i++) {
      out[i] = (byte) (Math.rint(x[i] * scale) + offset);
    }
  }

  @Override
  public void normalize(float[] x, Norm norm) {
    int n = norm.width();
    int whole = LANES.loopBound(n);
    FloatVector sums = FloatVector.zero(LANES);
    for (int i = 0; i < whole; i += STEP) {
      sums = sums.add(load(x, i));
    }
    float sum = LaneSum.of(sums);
    for (int i = whole; i < n; i++) {
      sum += x[i];
    }
    float mean = sum / n;

    FloatVector squares = FloatVector.zero(LANES);
    for (int i = 0; i < whole; i += STEP) {
      FloatVector difference = load(x, i).sub(mean);
      squares = difference.fma(difference, squares);
    }
    float square = LaneSum.of(squares);
    for (int i = whole; i < n; i++) {
      square += (x[i] - mean) * (x[i] - mean);
    }
    float inverse = (float) (1 / Math.sqrt(square / n + norm.epsilon()));

    float[] gain = norm.gain();
    float[] bias = norm.bias();
    for (int i = 0; i < whole; i += STEP) {
      load(x, i).sub(mean).mul(inverse).fma(load(gain, i), load(bias, i)).intoArray(x, i);
    }
    for (int i = whole; i < n; i++) {
      x[i] = (x[i] - mean) * inverse * gain[i] + bias[i];
    }
  }

  @Override
  public float sumExp(float[] x, int n, float max) {
    FloatVector sums = FloatVector.zero(LANES);
    int i = 0;
    for (; i + STEP <= n; i += STEP) {
      sums = sums.add(SimdExponential.of(load(x, i).sub(max)));
    }
    double sum = LaneSum.of(sums);
    for (; i < n; i++) {
      sum += Math.exp(x[i] - max);
    }
    return (float) sum;
  }

  @Override
  public void best(float[] x, int n, int first, Best best) {
    float threshold = best.threshold();
    int i = 0;
    for (; i + STEP <= n; i += STEP) { // most vectors hold nothing that could enter
      if (load(x, i).compare(VectorOperators.GT, threshold).anyTrue()) {
        for (int lane = i; lane < i + STEP; lane++) {
          best.offer(x[lane], first + lane);
        }
        threshold = best.threshold();
      }
    }
    for (; i < n; i++) {
      best.offer(x[i], first + i);
    }
  }

  private static FloatVector broadcast(float value) {
    return FloatVector.broadcast(LANES, value);
  }

  private static FloatVector load(float[] array, int at) {
    return FloatVector.fromArray(LANES, array, at);
  }
}
