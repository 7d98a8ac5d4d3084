// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.tensors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.device.DataType;
import dev.dragoman.device.HostTensor;
import dev.dragoman.device.Shape;
import dev.dragoman.model.ModelFormatException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Every narrow number comes back as it was, and every other one goes to its nearest. */
class PrecisionsTest {

  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16"})
  void narrowNumbersKeepTheirBits(DataType type) {
    for (int bits = 0; bits <= 0xffff; bits++) {
      float number = number((short) bits, type);
      if (Float.isFinite(number)) {
        assertEquals((short) bits, narrow(number, type), Float.toHexString(number));
      }
    }
  }

  /** The nearest number is found among both neighbours, in double precision. */
  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16"})
  void roundsToTheNearestAndTiesToEven(DataType type) {
    Random random = new Random(5);
    for (int round = 0; round < 200_000; round++) {
      float number = (float) Math.scalb(random.nextGaussian(), random.nextInt(40) - 30);
      if (round % 3 == 0) { // exactly between two
        float low = number((short) random.nextInt(0x7b00), type);
        float high = number((short) (narrow(low, type) + 1), type);
        number = (float) (((double) low + high) / 2);
      }
      if (Math.abs(number) > 60_000) {
        continue;
      }
      short bits = narrow(number, type);
      double error = Math.abs((double) number(bits, type) - number);
      for (int step = -1; step <= 1; step += 2) {
        float other = number((short) (bits + step), type);
        double otherError = Math.abs((double) other - number);
        boolean nearest = error < otherError || (error == otherError && bits % 2 == 0);
        assertTrue(nearest || Float.isNaN(other), Float.toHexString(number));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"65519.996,F16,7bff", "1e-8,F16,0", "-0.0,F16,8000", "3.0e-8,F16,1"})
  void edges(float number, DataType type, String bits) {
    assertEquals((short) Integer.parseInt(bits, 16), narrow(number, type));
  }

  @ParameterizedTest
  @CsvSource({"65520,F16,float16", "-1e30,F16,float16", "3.4028235e38,BF16,bfloat16"})
  void tooLargeIsRefused(float number, DataType type, String name) {
    String message =
        assertThrows(ModelFormatException.class, () -> narrow(number, type)).getMessage();
    assertTrue(message.contains("tensor t has") && message.contains(name), message);
  }

  @Test
  void samePrecisionIsTheSameTensor() {
    HostTensor tensor = HostTensor.of("t", Shape.vector(1), new float[] {1});
    assertSame(tensor, Precisions.convert(tensor, DataType.F32));
  }

  private static short narrow(float number, DataType type) {
    HostTensor tensor = HostTensor.of("t", Shape.vector(1), new float[] {number});
    return Precisions.convert(tensor, type).data().order(ByteOrder.LITTLE_ENDIAN).getShort(0);
  }

  private static float number(short bits, DataType type) {
    ByteBuffer data = ByteBuffer.allocate(2).order(ByteOrder.LITTLE_ENDIAN).putShort(0, bits);
    return new HostTensor("t", type, Shape.vector(1), data).floats()[0];
  }
}
