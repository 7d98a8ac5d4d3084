// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.jna.ptr.FloatByReference;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The emulated cublasLt multiplies, adds and activates as if in float64, but for one rounding. */
class CublasLtEmulatorTest extends OnEmulatedCublasLt {
  private static final int OUTPUTS = 24;
  private static final int ROWS = 17;
  private static final int INPUTS = 40;
  private static final double ALPHA = 0.75;
  private static final double BETA = -0.5;

  private final Random random = new Random(11);

  @ParameterizedTest
  @CsvSource({"0, 0", "2, 2", "2, 0", "14, 14", "14, 0"})
  void aProductIsThatOfFloat64RoundedOnce(int in, int out) {
    assertProduct(in, out, EPILOGUE_DEFAULT);
  }

  @ParameterizedTest
  @CsvSource({"0, 2", "0, 4", "0, 6", "0, 32", "0, 36", "2, 4", "2, 6", "2, 36", "14, 6"})
  void anEpilogueAddsTheBiasAndActivates(int type, int epilogue) {
    assertProduct(type, type, epilogue);
  }

  private void assertProduct(int in, int out, int epilogue) {
    float[] weights = numbers(OUTPUTS * INPUTS);
    float[] x = numbers(ROWS * INPUTS);
    float[] before = numbers(ROWS * OUTPUTS);
    float[] bias = numbers(OUTPUTS);
    Problem problem = new Problem(OUTPUTS, ROWS, INPUTS, in, out).with(DESC_EPILOGUE, epilogue);
    boolean hasBias = (epilogue & EPILOGUE_BIAS) != 0;
    if (hasBias) {
      problem.with(DESC_BIAS_POINTER, upload(out, bias));
    }
    Call call = new Call(problem);
    call.a = upload(in, weights);
    call.b = upload(in, x);
    call.c = upload(out, before);
    call.alpha = new FloatByReference((float) ALPHA);
    call.beta = new FloatByReference((float) BETA);
    float[] result = call.result();
    for (int row = 0; row < ROWS; row++) {
      for (int output = 0; output < OUTPUTS; output++) {
        double sum = 0;
        for (int i = 0; i < INPUTS; i++) {
          sum += (double) weights[output * INPUTS + i] * x[row * INPUTS + i];
        }
        int at = row * OUTPUTS + output;
        double expected =
            activate(epilogue, ALPHA * sum + BETA * before[at] + (hasBias ? bias[output] : 0));
        assertEquals(expected, result[at], halfAStep(out, expected), "at " + row + ", " + output);
      }
    }
  }

  private static double activate(int epilogue, double x) {
    if ((epilogue & 2) != 0) {
      return Math.max(x, 0);
    }
    double inner = Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x);
    return (epilogue & 32) != 0 ? 0.5 * x * (1 + Math.tanh(inner)) : x;
  }

  /**
   * Returns half of the distance between two numbers of a type, plus the error that float32 sums
   * may have.
   */
  private static double halfAStep(int type, double number) {
    double sums = 1e-5;
    double step = Math.ulp((float) number) * (type == F16 ? 1 << 13 : type == BF16 ? 1 << 16 : 0);
    return sums + (type == F16 ? Math.max(step, Math.scalb(1.0, -24)) : step) / 2;
  }

  @Test
  void aProductIsOneLaunchAndIsCaptured() {
    Call call = new Call(new Problem(OUTPUTS, ROWS, INPUTS, F32, F32));
    EmulatedDriver.Counters before = EmulatedDriver.counters();
    assertEquals(SUCCESS, call.run());
    assertEquals(0, EmulatedDriver.counters().since(before).kernels().run(), "is deferred");
    driver("cuStreamSynchronize", work);
    assertEquals(1, EmulatedDriver.counters().since(before).kernels().run());
    assertEquals(1, EmulatedDriver.counters().since(before).kernels().launches());
    beginCapture();
    assertEquals(SUCCESS, call.run());
    assertEquals(SUCCESS, endCapture());
    assertEquals(1, EmulatedDriver.counters().since(before).kernels().run(), "is only recorded");
    assertEquals(1, EmulatedDriver.counters().since(before).kernels().launches());
  }

  @Test
  void anErrorOfACapturedProductSpoilsTheCapture() {
    Call call = new Call(new Problem(OUTPUTS, ROWS, INPUTS, F32, F32));
    EmulatedDriver.plantProductErrorInCapture(1);
    assertEquals(SUCCESS, call.run());
    beginCapture();
    assertEquals(EXECUTION_FAILED, call.run());
    assertEquals(CAPTURE_INVALIDATED, endCapture());
  }

  /**
   * A product with another epilogue or algorithm is another kernel, which must run before a
   * capture.
   */
  @Test
  void aProductIsNotUsedForTheFirstTimeInsideACapture() {
    Call plain = new Call(new Problem(OUTPUTS, ROWS, INPUTS, F32, F32));
    Call biased =
        new Call(new Problem(OUTPUTS, ROWS, INPUTS, F32, F32).withBias(take(OUTPUTS * 4)));
    plain.run();
    beginCapture();
    assertEquals(SUCCESS, plain.run());
    assertEquals(EXECUTION_FAILED, biased.run());
    assertTrue(EmulatedDriver.lastError().contains("first time"), EmulatedDriver.lastError());
    assertEquals(CAPTURE_INVALIDATED, endCapture());
    biased.run();
    beginCapture();
    assertEquals(SUCCESS, biased.run());
    assertEquals(SUCCESS, endCapture());
  }

  @Test
  void theLibrariesOfCuda12And13TellTheirVersions() {
    assertEquals(120600, version("libcublasLt.so.12"));
    assertEquals(130000, version("cuda13/libcublasLt.so.13"));
  }

  private static long version(String name) {
    return (Long) library(name).getFunction("cublasLtGetVersion").invoke(Long.class, null);
  }

  /** Returns multiples of 1/8, which every type represents exactly. */
  private float[] numbers(int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (random.nextInt(33) - 16) / 8f;
    }
    return numbers;
  }
}
