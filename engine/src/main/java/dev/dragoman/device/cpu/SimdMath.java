package dev.dragoman.device.cpu;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** The inner loops on the JDK's vector API, in lanes as wide as the processor's. */
final class SimdMath implements VectorMath {
  private static final VectorSpecies<Float> LANES = FloatVector.SPECIES_PREFERRED;
  private static final int STEP = LANES.length();
  private static final int BLOCK = 4 * STEP;

  /** As many bytes as there are lanes, or the fewest that a vector has, which are 64 bits. */
  private static final VectorSpecies<Byte> BYTES =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, STEP * Byte.SIZE)));

  /** Adding 1.5·2²³ rounds to an integer and leaves it in the low bits. */
  private static final float ROUNDING = 0x1.8p23f;

  /** The width of a vector. */
  static int bits() {
    return LANES.vectorBitSize();
  }

  @Override
  public void scores(Head head, float[] queries, int query, float[] keys, float[] out) {
    if (head.width() == BLOCK) {
      scoresOfBlock(head, queries, query, keys, out);
      return;
    }
    int width = head.width();
    int whole = LANES.loopBound(width);
    int[] offsets = head.rows().offsets;
    for (int t = 0; t < head.rows().count; t++) {
      int key = offsets[t] + head.column();
      FloatVector sums = FloatVector.zero(LANES);
      for (int i = 0; i < whole; i += STEP) {
        sums = load(queries, query + i).fma(load(keys, key + i), sums);
      }
      float sum = LaneSum.of(sums);
      for (int i = whole; i < width; i++) {
        sum += queries[query + i] * keys[key + i];
      }
      out[t] = sum;
    }
  }

  /** The usual width of a head: the query stays in four registers. */
  private static void scoresOfBlock(
      Head head, float[] queries, int query, float[] keys, float[] out) {
    FloatVector q0 = load(queries, query);
    FloatVector q1 = load(queries, query + STEP);
    FloatVector q2 = load(queries, query + 2 * STEP);
    FloatVector q3 = load(queries, query + 3 * STEP);
    int[] offsets = head.rows().offsets;
    for (int t = 0; t < head.rows().count; t++) {
      int key = offsets[t] + head.column();
      FloatVector left = q0.mul(load(keys, key)).add(q1.mul(load(keys, key + STEP)));
      FloatVector right =
          q2.mul(load(keys, key + 2 * STEP)).add(q3.mul(load(keys, key + 3 * STEP)));
      out[t] = LaneSum.of(left.add(right));
    }
  }

  @Override
  public void softmax(float[] x, int count, float scale) {
    int padded = (count + STEP - 1) / STEP * STEP;
    for (int t = count; t < padded; t++) {
      x[t] = Float.NEGATIVE_INFINITY;
    }
    FloatVector highest = broadcast(Float.NEGATIVE_INFINITY);
    for (int t = 0; t < padded; t += STEP) {
      highest = highest.max(load(x, t));
    }
    float max = highest.reduceLanes(VectorOperators.MAX);
    FloatVector sums = FloatVector.zero(LANES);
    for (int t = 0; t < padded; t += STEP) {
      FloatVector e = exp(load(x, t).sub(max).mul(scale));
      e.intoArray(x, t);
      sums = sums.add(e);
    }
    float inverse = 1 / LaneSum.of(sums);
    for (int t = 0; t < padded; t += STEP) {
      load(x, t).mul(inverse).intoArray(x, t);
    }
  }

  @Override
  public void weightedSum(Head head, float[] weights, float[] values, float[] out, int at) {
    int i = 0;
    for (; i + BLOCK <= head.width(); i += BLOCK) {
      weightedSumOfBlock(head, i, weights, values, out, at + i);
    }
    int[] offsets = head.rows().offsets;
    for (; i < head.width(); i++) {
      float sum = 0;
      for (int t = 0; t < head.rows().count; t++) {
        sum += weights[t] * values[offsets[t] + head.column() + i];
      }
      out[at + i] = sum;
    }
  }

  /** Four sums at once, since one alone would wait for each of its additions. */
  private static void weightedSumOfBlock(
      Head head, int first, float[] weights, float[] values, float[] out, int at) {
    FloatVector sum0 = FloatVector.zero(LANES);
    FloatVector sum1 = sum0;
    FloatVector sum2 = sum0;
    FloatVector sum3 = sum0;
    int[] offsets = head.rows().offsets;
    for (int t = 0; t < head.rows().count; t++) {
      int value = offsets[t] + head.column() + first;
      FloatVector weight = broadcast(weights[t]);
      sum0 = load(values, value).fma(weight, sum0);
      sum1 = load(values, value + STEP).fma(weight, sum1);
      sum2 = load(values, value + 2 * STEP).fma(weight, sum2);
      sum3 = load(values, value + 3 * STEP).fma(weight, sum3);
    }
    sum0.intoArray(out, at);
    sum1.intoArray(out, at + STEP);
    sum2.intoArray(out, at + 2 * STEP);
    sum3.intoArray(out, at + 3 * STEP);
  }

  @Override
  public void multiply(WordBlock block) {
    SimdWords.multiply(block);
  }

  @Override
  public void add(float[] x, float[] y, int n) {
    int i = 0;
    for (; i + STEP <= n; i += STEP) {
      load(x, i).add(load(y, i)).intoArray(x, i);
    }
    for (; i < n; i++) {
      x[i] += y[i];
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

  @Override
  public float magnitude(float[] x, int n) {
    FloatVector most = FloatVector.zero(LANES);
    int i = 0;
    for (; i + STEP <= n; i += STEP) {
      most = most.max(load(x, i).abs());
    }
    float all = most.reduceLanes(VectorOperators.MAX);
    for (; i < n; i++) {
      all = Math.max(all, Math.abs(x[i]));
    }
    return all;
  }

  @Override
  public void quantize(float[] x, int n, float scale, byte[] out) {
    FloatVector scales = broadcast(scale);
    FloatVector rounding = broadcast(ROUNDING);
    int i = 0;
    for (; BYTES.length() == STEP && i + STEP <= n; i += STEP) {
      var integers = load(x, i).fma(scales, rounding).reinterpretAsInts();
      ((ByteVector) integers.convertShape(VectorOperators.I2B, BYTES, 0)).intoArray(out, i);
    }
    for (; i < n; i++) {
      out[i] = (byte) Math.rint(x[i] * scale);
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
  public float logSumExp(float[] x, int n, float max) {
    FloatVector sums = FloatVector.zero(LANES);
    int i = 0;
    for (; i + STEP <= n; i += STEP) {
      sums = sums.add(exp(load(x, i).sub(max)));
    }
    double sum = LaneSum.of(sums);
    for (; i < n; i++) {
      sum += Math.exp(x[i] - max);
    }
    return (float) (max + Math.log(sum));
  }

  @Override
  public void best(float[] x, int n, Best best) {
    int i = 0;
    for (; i + BLOCK <= n; i += BLOCK) { // most blocks hold nothing that could enter
      FloatVector highest =
          load(x, i).max(load(x, i + STEP)).max(load(x, i + 2 * STEP).max(load(x, i + 3 * STEP)));
      float threshold = best.threshold();
      if (highest.compare(VectorOperators.GT, threshold).anyTrue()) {
        for (int lane = i; lane < i + BLOCK; lane++) {
          if (x[lane] > threshold) {
            best.offer(x[lane], lane);
          }
        }
      }
    }
    for (; i < n; i++) {
      best.offer(x[i], i);
    }
  }

  /**
   * e^x for x ≤ 88: 2ⁿ·e^r with n = round(x/ln 2) and |r| ≤ ln 2 / 2, e^r by its Taylor polynomial
   * of degree 7 (relative error below 2e-7). What is too small for a normal float becomes 0; NaN
   * stays NaN.
   */
  private static FloatVector exp(FloatVector x) {
    VectorMask<Float> tiny = x.compare(VectorOperators.LT, -87.3f);
    FloatVector shifted = x.fma(broadcast(1.442695f), broadcast(ROUNDING));
    FloatVector n = shifted.sub(ROUNDING);
    FloatVector r = n.fma(broadcast(-0.693359375f), x);
    r = n.fma(broadcast(2.121944e-4f), r);
    FloatVector p = broadcast(1 / 5040f);
    p = p.fma(r, broadcast(1 / 720f));
    p = p.fma(r, broadcast(1 / 120f));
    p = p.fma(r, broadcast(1 / 24f));
    p = p.fma(r, broadcast(1 / 6f));
    p = p.fma(r, broadcast(0.5f));
    p = p.fma(r, broadcast(1f));
    p = p.fma(r, broadcast(1f));
    var exponent = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
    return p.reinterpretAsInts().add(exponent).reinterpretAsFloats().blend(0f, tiny);
  }

  private static FloatVector broadcast(float value) {
    return FloatVector.broadcast(LANES, value);
  }

  private static FloatVector load(float[] array, int at) {
    return FloatVector.fromArray(LANES, array, at);
  }
}
