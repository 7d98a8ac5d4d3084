package dev.dragoman.device.cpu;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/**
 * The inner loops that the CPU device runs on the vector unit. {@link ScalarMath} is the plain form
 * and the reference; {@link SimdMath} does the same with the JDK's vector API where the JVM was
 * started with it.
 */
interface VectorMath {

  /** out[t] ← query · key t, for the keys that the head's rows name, on the head's columns. */
  void scores(Head head, float[] queries, int query, float[] keys, float[] out);

  /**
   * Arrays given to {@link #softmax} have room for a multiple of so many numbers; the rest is
   * overwritten.
   */
  int PADDING = 64;

  /** x ← softmax(scale · x) over its first {@code count} numbers. */
  void softmax(float[] x, int count, float scale);

  /**
   * out ← Σ weights[t] · value t, for the values that the head's rows name, on the head's columns.
   */
  void weightedSum(Head head, float[] weights, float[] values, float[] out, int at);

  /**
   * Fills {@code block.out}. Each product is added up in the same order, whatever the others are.
   */
  void multiply(WordBlock block);

  /** x[0..n) ← x + y. */
  void add(float[] x, float[] y, int n);

  /** x[0..n) ← x · scale + y. */
  void scaleAdd(float[] x, float scale, float[] y, int n);

  /** The largest |x[i]| of n numbers; NaN if there is one among them. */
  float magnitude(float[] x, int n);

  /** out[i] ← x[i] · scale, rounded to the nearest of -127 to 127, which none exceeds. */
  void quantize(float[] x, int n, float scale, byte[] out);

  /** x ← (x - mean) / sqrt(variance + epsilon) · gain + bias, over the norm's width. */
  void normalize(float[] x, Norm norm);

  /** log Σ exp(x[i]) over n numbers, of which {@code max} is the highest. */
  float logSumExp(float[] x, int n, float max);

  /** Offers x[0..n) to {@code best}. */
  void best(float[] x, int n, Best best);

  /** The columns of one head and the rows that its query sees. */
  record Head(KeyRows rows, int column, int width) {}

  /** The numbers of a layer normalization, of which the first {@code width} count. */
  record Norm(float[] gain, float[] bias, float epsilon, int width) {}

  /** The fastest form that this JVM can run. */
  static VectorMath fastest() {
    Optional<String> obstacle = obstacle();
    if (obstacle.isPresent()) {
      LoggerFactory.getLogger(VectorMath.class)
          .warn("the vector API is off, attention and search will be slow: {}", obstacle.get());
      return new ScalarMath();
    }
    return new SimdMath();
  }

  /** Why {@link SimdMath} is not the fastest form, or cannot run; empty where it is. */
  static Optional<String> obstacle() {
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      return Optional.of("start Java with --add-modules jdk.incubator.vector");
    }
    if (SimdMath.bits() < 256 && !fusesMultiplyAndAdd()) {
      return Optional.of("this processor has no fused multiply-add");
    }
    return Optional.empty();
  }

  /**
   * Whether a fused multiply-add is an instruction here: Java computes it with BigDecimal
   * otherwise, far slower than plain loops. Processors whose vectors have 256 bits for integers
   * have it.
   */
  private static boolean fusesMultiplyAndAdd() {
    HotSpotDiagnosticMXBean machine =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    return machine == null || Boolean.parseBoolean(machine.getVMOption("UseFMA").getValue());
  }
}
