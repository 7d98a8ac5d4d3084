package dev.dragoman.device.cpu;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The inner loops on the JDK's vector API, in lanes as wide as the processor's. */
final class SimdMath implements VectorMath {
  private static final VectorSpecies<Float> LANES = FloatVector.SPECIES_PREFERRED;
  private static final int STEP = LANES.length();

  @Override
  public void scores(Head head, float[] queries, int query, float[] keys, float[] out) {
    int width = head.width();
    int whole = LANES.loopBound(width);
    int[] offsets = head.rows().offsets;
    for (int t = 0; t < head.rows().count; t++) {
      int key = offsets[t] + head.column();
      FloatVector sums = FloatVector.zero(LANES);
      for (int i = 0; i < whole; i += STEP) {
        sums = load(queries, query + i).fma(load(keys, key + i), sums);
      }
      float sum = sums.reduceLanes(VectorOperators.ADD);
      for (int i = whole; i < width; i++) {
        sum += queries[query + i] * keys[key + i];
      }
      out[t] = sum;
    }
  }

  @Override
  public void softmax(float[] x, int count, float scale) {
    float max = Float.NEGATIVE_INFINITY;
    for (int t = 0; t < count; t++) {
      max = Math.max(max, x[t]);
    }
    int padded = padded(count);
    Arrays.fill(x, count, padded, Float.NEGATIVE_INFINITY);
    FloatVector sums = FloatVector.zero(LANES);
    for (int t = 0; t < padded; t += STEP) {
      FloatVector e = exp(load(x, t).sub(max).mul(scale));
      e.intoArray(x, t);
      sums = sums.add(e);
    }
    float inverse = 1 / sums.reduceLanes(VectorOperators.ADD);
    for (int t = 0; t < count; t++) {
      x[t] *= inverse;
    }
  }

  @Override
  public void weightedSum(Head head, float[] weights, float[] values, float[] out, int at) {
    int width = head.width();
    int whole = LANES.loopBound(width);
    int count = head.rows().count;
    int[] offsets = head.rows().offsets;
    for (int i = 0; i < whole; i += STEP) {
      FloatVector sums = FloatVector.zero(LANES);
      int column = head.column() + i;
      for (int t = 0; t < count; t++) {
        sums =
            load(values, offsets[t] + column).fma(FloatVector.broadcast(LANES, weights[t]), sums);
      }
      sums.intoArray(out, at + i);
    }
    for (int i = whole; i < width; i++) {
      float sum = 0;
      for (int t = 0; t < count; t++) {
        sum += weights[t] * values[offsets[t] + head.column() + i];
      }
      out[at + i] = sum;
    }
  }

  @Override
  public void add(Row x, Row y, Row out, int n) {
    int whole = LANES.loopBound(n);
    for (int i = 0; i < whole; i += STEP) {
      load(x, i).add(load(y, i)).intoArray(out.array(), out.at() + i);
    }
    for (int i = whole; i < n; i++) {
      out.array()[out.at() + i] = x.array()[x.at() + i] + y.array()[y.at() + i];
    }
  }

  @Override
  public void scaleAdd(Row x, float scale, Row y, Row out, int n) {
    FloatVector scales = FloatVector.broadcast(LANES, scale);
    int whole = LANES.loopBound(n);
    for (int i = 0; i < whole; i += STEP) {
      load(x, i).fma(scales, load(y, i)).intoArray(out.array(), out.at() + i);
    }
    for (int i = whole; i < n; i++) {
      out.array()[out.at() + i] = x.array()[x.at() + i] * scale + y.array()[y.at() + i];
    }
  }

  @Override
  public void normalize(Row x, float[] gain, float[] bias, float epsilon, int n) {
    int whole = LANES.loopBound(n);
    FloatVector sums = FloatVector.zero(LANES);
    for (int i = 0; i < whole; i += STEP) {
      sums = sums.add(load(x, i));
    }
    float sum = sums.reduceLanes(VectorOperators.ADD);
    for (int i = whole; i < n; i++) {
      sum += x.array()[x.at() + i];
    }
    float mean = sum / n;

    FloatVector squares = FloatVector.zero(LANES);
    for (int i = 0; i < whole; i += STEP) {
      FloatVector difference = load(x, i).sub(mean);
      squares = difference.fma(difference, squares);
    }
    float square = squares.reduceLanes(VectorOperators.ADD);
    for (int i = whole; i < n; i++) {
      float difference = x.array()[x.at() + i] - mean;
      square += difference * difference;
    }
    float inverse = (float) (1 / Math.sqrt(square / n + epsilon));

    for (int i = 0; i < whole; i += STEP) {
      load(x, i)
          .sub(mean)
          .mul(inverse)
          .fma(load(gain, i), load(bias, i))
          .intoArray(x.array(), x.at() + i);
    }
    for (int i = whole; i < n; i++) {
      x.array()[x.at() + i] = (x.array()[x.at() + i] - mean) * inverse * gain[i] + bias[i];
    }
  }

  @Override
  public float logSumExp(Row x, int n, float max) {
    FloatVector sums = FloatVector.zero(LANES);
    int whole = LANES.loopBound(n);
    for (int i = 0; i < whole; i += STEP) {
      sums = sums.add(exp(load(x, i).sub(max)));
    }
    double sum = sums.reduceLanes(VectorOperators.ADD);
    for (int i = whole; i < n; i++) {
      sum += Math.exp(x.array()[x.at() + i] - max);
    }
    return (float) (max + Math.log(sum));
  }

  @Override
  public void best(Row x, int n, Best best) {
    int whole = LANES.loopBound(n);
    for (int i = 0; i < whole; i += STEP) {
      VectorMask<Float> above = load(x, i).compare(VectorOperators.GT, best.threshold());
      if (above.anyTrue()) {
        for (int lane = 0; lane < STEP; lane++) {
          best.offer(x.array()[x.at() + i + lane], i + lane);
        }
      }
    }
    for (int i = whole; i < n; i++) {
      best.offer(x.array()[x.at() + i], i);
    }
  }

  /**
   * e^x for x ≤ 88: 2ⁿ·e^r with n = round(x/ln 2) and |r| ≤ ln 2 / 2, e^r by its Taylor polynomial
   * of degree 7 (relative error below 2e-7). What is too small for a normal float becomes 0; NaN
   * stays NaN.
   */
  private static FloatVector exp(FloatVector x) {
    VectorMask<Float> tiny = x.compare(VectorOperators.LT, -87.3f);
    // Adding 1.5·2²³ rounds to an integer and leaves it in the low bits.
    FloatVector shifted = x.fma(broadcast(1.44269504f), broadcast(0x1.8p23f));
    FloatVector n = shifted.sub(0x1.8p23f);
    FloatVector r = n.fma(broadcast(-0.693359375f), x);
    r = n.fma(broadcast(2.12194440e-4f), r);
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

  private static int padded(int count) {
    return (count + STEP - 1) / STEP * STEP;
  }

  private static FloatVector broadcast(float value) {
    return FloatVector.broadcast(LANES, value);
  }

  private static FloatVector load(float[] array, int at) {
    return FloatVector.fromArray(LANES, array, at);
  }

  private static FloatVector load(Row row, int i) {
    return FloatVector.fromArray(LANES, row.array(), row.at() + i);
  }
}
