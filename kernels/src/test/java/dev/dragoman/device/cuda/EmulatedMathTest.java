// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static jcuda.driver.JCudaDriver.*;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import jcuda.Pointer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Fast functions can be as inexact as on a GPU: up to two units in the last place. */
class EmulatedMathTest extends OnEmulatedGpu {
  private static final int COUNT = 64;

  @AfterEach
  void exactAgain() {
    if (EmulatedDriver.isEmulated()) {
      EmulatedDriver.beInexact(false);
    }
  }

  @Test
  void inexactResultsAreBesideTheTrueOnesAndAlwaysTheSame() {
    float[] exact = results();
    EmulatedDriver.beInexact(true);
    float[] inexact = results();
    assertArrayEquals(inexact, results(), "by the argument alone");
    assertEquals(1, inexact[0], "exp(0)");
    assertDistances(exact, inexact, 0);
    assertDistances(exact, inexact, COUNT);
    assertDistances(exact, inexact, 2 * COUNT);
  }

  @Test
  void exactResultsAreTheTrueOnes() {
    float[] exact = results();
    assertNear(exact, 0, Math::exp);
    assertNear(exact, COUNT, Math::log);
    assertNear(exact, 2 * COUNT, x -> 1 / Math.sqrt(x));
  }

  private static void assertNear(float[] results, int first, DoubleUnaryOperator function) {
    for (int i = 1; i < COUNT; i++) {
      double expected = function.applyAsDouble(i / 4f);
      assertEquals(expected, results[first + i], Math.ulp((float) expected) * 1.5, "of " + i / 4f);
    }
  }

  private static void assertDistances(float[] exact, float[] inexact, int first) {
    int[] ulps =
        IntStream.range(first + 1, first + COUNT)
            .map(i -> Float.floatToIntBits(inexact[i]) - Float.floatToIntBits(exact[i]))
            .toArray();
    assertEquals(-2, IntStream.of(ulps).min().orElseThrow());
    assertEquals(2, IntStream.of(ulps).max().orElseThrow());
    assertTrue(IntStream.of(ulps).distinct().count() >= 4, "one of them is 0 for log(1)");
  }

  private float[] results() {
    float[] arguments = new float[COUNT];
    for (int i = 0; i < COUNT; i++) {
      arguments[i] = i / 4f;
    }
    DevicePointer in = new DevicePointer();
    DevicePointer out = new DevicePointer();
    float[] results = new float[3 * COUNT];
    cuMemAlloc(in, 4 * COUNT);
    cuMemAlloc(out, 4 * results.length);
    cuMemcpyHtoD(in, Pointer.to(arguments), 4 * COUNT);
    launch("fast_functions", COUNT, out, in);
    cuStreamSynchronize(stream);
    cuMemcpyDtoH(Pointer.to(results), out, 4 * results.length);
    return results;
  }
}
