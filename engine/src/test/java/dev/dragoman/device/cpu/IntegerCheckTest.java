// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.device.DataType;
import dev.dragoman.device.HostTensor;
import dev.dragoman.device.Linear;
import dev.dragoman.device.Shape;
import dev.dragoman.device.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The check on the processor of the test, and on those that oneDNN is held to. */
@Tag("processor")
class IntegerCheckTest {
  @Test
  void everyProcessorMultipliesSomeIntegersExactly() {
    assertTrue(IntegerCheck.widestExact().isPresent(), OneDnn.instructionSet());
  }

  @Test
  void sevenBitsStayBelowWhatSixteenBitSumsHold() {
    assertTrue(2 * IntegerRange.SEVEN_BITS.most() * 127 <= Short.MAX_VALUE);
    for (IntegerRange range : IntegerRange.values()) {
      assertTrue(range.offset() - range.steps() >= 0);
      assertTrue(range.most() <= 255);
    }
  }

  /** Rows and weights of nothing but the largest numbers; what a cut sum gives is half of it. */
  @ParameterizedTest
  @ValueSource(ints = {2, 5, 8, 24, 128, 300})
  void theLargestNumbersGiveExactProducts(int rows) {
    int inputs = 256;
    int outputs = 64;
    float[] ones = new float[outputs * inputs];
    Arrays.fill(ones, 1);
    Arrays.fill(ones, 0, inputs, -1); // the first output
    float[] x = new float[rows * inputs];
    Arrays.fill(x, 2);
    try (CpuDevice device = CpuDevice.open(DataType.I8, new ScalarMath())) {
      HostTensor weight = HostTensor.of("ones", new Shape(outputs, inputs), ones);
      Linear packed = device.pack(weight, new float[outputs]);
      Tensor in = device.allocate(DataType.F32, new Shape(rows, inputs));
      Tensor out = device.allocate(DataType.F32, new Shape(rows, outputs));
      device.upload(x, in);
      device.linear(in, packed, out);
      float[] actual = new float[rows * outputs];
      device.download(out, actual);
      float[] expected = new float[rows * outputs];
      Arrays.fill(expected, 2 * inputs);
      for (int row = 0; row < rows; row++) {
        expected[row * outputs] = -2 * inputs;
      }
      assertArrayEquals(expected, actual, 1e-3f);
      assertEquals(rows * outputs, actual.length);
    }
  }
}
