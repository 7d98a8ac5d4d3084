// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import com.sun.management.HotSpotDiagnosticMXBean;
import dev.dragoman.device.DataType;
import dev.dragoman.device.Volume;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/**
 * The inner loops that the CPU device runs on the vector unit. {@link ScalarMath} is the plain form
 * and the reference; {@link SimdMath} does the same with the JDK's vector API where the JVM was
 * started with it.
 */
interface VectorMath {

  /** Returns the inner loops of attention to float32. */
  AttentionMath attention();

  /**
   * Returns how caches best hold heads of this width.
   *
   * @param precision of the products: numbers need not be more precise than they
   */
  HeadFormat cached(DataType precision, int headWidth);

  /** Arrays have room for a multiple of so many numbers where whole vectors are read or written. */
  int PADDING = 64;

  /** Returns the room for {@code n} numbers. */
  static int padded(int n) {
    return (n + PADDING - 1) / PADDING * PADDING;
  }

  /**
   * Fills {@code block.out}. Each product is added up in the same order, whatever the others are.
   */
  void multiply(WordBlock block);

  /** Adds: x[at..at + n) ← x + y[0..n). */
  default void add(float[] x, int at, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      x[at + i] += y[i];
    }
  }

  /** Scales and adds: x[0..n) ← x · scale + y. */
  void scaleAdd(float[] x, float scale, float[] y, int n);

  /** Returns the largest |x[i]| of n numbers; NaN if there is one among them. */
  default float magnitude(float[] x, int n) {
    return magnitude(x, 0, n);
  }

  /** Does the same to the numbers from {@code from} on. */
  static float magnitude(float[] x, int from, int n) {
    float most = 0;
    for (int i = from; i < from + n; i++) {
      most = Math.max(most, Math.abs(x[i]));
    }
    return most;
  }

  /**
   * Quantizes: out[i] ← x[i] · scale, rounded to the nearest integer, plus offset. None exceeds
   * 255, and what exceeds 127 is stored without a sign.
   */
  void quantize(float[] x, int n, float scale, int offset, byte[] out);

  /** Normalizes: x ← (x - mean) / sqrt(variance + epsilon) · gain + bias, over the norm's width. */
  void normalize(float[] x, Norm norm);

  /** Returns Σ exp(x[i] - max) over n numbers, none of which is more than 80 above {@code max}. */
  float sumExp(float[] x, int n, float max);

  /** Offers x[0..n) to {@code best}, x[i] as number {@code first} + i. */
  void best(float[] x, int n, int first, Best best);

  /** The numbers of a layer normalization, of which the first {@code width} count. */
  record Norm(float[] gain, float[] bias, float epsilon, int width) {}

  /**
   * Returns the form to take for so much work. All forms that it may be give the same bits in a
   * JVM, whose vectors have one width.
   */
  static VectorMath forA(Volume volume) {
    VectorMath fastest = fastest();
    if (volume == Volume.MANY_LINES || !(fastest instanceof SimdMath)) {
      return fastest;
    }
    LaneMath loops = new LaneMath(SimdMath.bits() / Float.SIZE);
    return new FirstLoops(
        loops, fastest, volume == Volume.FEW_LINES ? Long.MAX_VALUE : FirstLoops.LOGITS);
  }

  /** Returns the fastest form that this JVM can run. */
  static VectorMath fastest() {
    Optional<String> obstacle = obstacle();
    if (obstacle.isPresent()) {
      LoggerFactory.getLogger(VectorMath.class)
          .warn("the vector API is off, attention and search will be slow: {}", obstacle.get());
      return new ScalarMath();
    }
    return new SimdMath();
  }

  /** Returns why {@link SimdMath} is not the fastest form, or cannot run; empty where it is. */
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
   * Says whether a fused multiply-add is an instruction here: Java computes it with BigDecimal
   * otherwise, far slower than plain loops. Processors whose vectors have 256 bits for integers
   * have it.
   */
  private static boolean fusesMultiplyAndAdd() {
    HotSpotDiagnosticMXBean machine =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    return machine == null || Boolean.parseBoolean(machine.getVMOption("UseFMA").getValue());
  }
}
