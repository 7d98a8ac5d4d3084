package dev.dragoman.device.cpu;

import dev.dragoman.device.Activation;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** The inner loops on the JDK's vector API, in lanes as wide as the processor's. */
final class SimdMath implements VectorMath {
  private static final VectorSpecies<Float> LANES = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTEGERS =
      VectorSpecies.of(int.class, LANES.vectorShape());
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
  public AttentionMath attention() {
    return new SimdAttention();
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

  /** {@inheritDoc} */
  @Override
  public float magnitude(float[] x, int n) {
    // The bits of numbers without a sign are in the order of the numbers, NaN above all; the
    // largest
    // of integers takes one instruction, that of floats seven.
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
    FloatVector rounding = broadcast(ROUNDING + offset);
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
  public void activate(Activation activation, float[] x, int n) {
    switch (activation) { // a loop for each: in one loop for all every vector would ask which it is
      case NONE -> {}
      case RELU -> {
        for (int i = 0; i < n; i += STEP) {
          SimdFunctions.relu(load(x, i)).intoArray(x, i);
        }
      }
      case SWISH -> {
        for (int i = 0; i < n; i += STEP) {
          SimdFunctions.swish(load(x, i)).intoArray(x, i);
        }
      }
      case GELU -> {
        for (int i = 0; i < n; i += STEP) {
          SimdFunctions.gelu(load(x, i)).intoArray(x, i);
        }
      }
      case GELU_TANH -> {
        for (int i = 0; i < n; i += STEP) {
          SimdFunctions.geluTanh(load(x, i)).intoArray(x, i);
        }
      }
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
      sums = sums.add(SimdFunctions.exp(load(x, i).sub(max)));
    }
    double sum = LaneSum.of(sums);
    for (; i < n; i++) {
      sum += Math.exp(x[i] - max);
    }
    return (float) sum;
  }

  @Override
  public void best(float[] x, int n, int first, Best best) {
    int i = 0;
    for (; i + BLOCK <= n; i += BLOCK) { // most blocks hold nothing that could enter
      float threshold = best.threshold();
      VectorMask<Float> higher =
          isHigher(x, i, threshold)
              .or(isHigher(x, i + STEP, threshold))
              .or(isHigher(x, i + 2 * STEP, threshold))
              .or(isHigher(x, i + 3 * STEP, threshold));
      if (higher.anyTrue()) {
        for (int lane = i; lane < i + BLOCK; lane++) {
          if (x[lane] > threshold) {
            best.offer(x[lane], first + lane);
          }
        }
      }
    }
    for (; i < n; i++) {
      best.offer(x[i], first + i);
    }
  }

  private static VectorMask<Float> isHigher(float[] x, int at, float threshold) {
    return load(x, at).compare(VectorOperators.GT, threshold);
  }

  private static FloatVector broadcast(float value) {
    return FloatVector.broadcast(LANES, value);
  }

  private static FloatVector load(float[] array, int at) {
    return FloatVector.fromArray(LANES, array, at);
  }
}
