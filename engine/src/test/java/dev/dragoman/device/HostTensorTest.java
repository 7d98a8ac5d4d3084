// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class HostTensorTest {

  private static HostTensor ofShorts(DataType type, Shape shape, int... shorts) {
    ByteBuffer data = ByteBuffer.allocate(2 * shorts.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int number : shorts) {
      data.putShort((short) number);
    }
    return new HostTensor("shorts", type, shape, data.flip());
  }

  /** (-1)^s · 2^(e - 15) · (1 + f / 1024), and f · 2⁻²⁴ where e is 0 (IEEE 754-2008, 3.4). */
  private static double half(int bits) {
    int exponent = bits >> 10 & 0x1f;
    int fraction = bits & 0x3ff;
    double sign = (bits & 0x8000) == 0 ? 1 : -1;
    if (exponent == 0x1f) {
      return fraction == 0 ? sign / 0 : Double.NaN;
    }
    return exponent == 0
        ? sign * fraction * Math.pow(2, -24)
        : sign * Math.pow(2, exponent - 15) * (1 + fraction / 1024.0);
  }

  @Test
  void everyHalfIsTheFloatThatItsDefinitionSays() {
    int[] all = new int[1 << 16];
    for (int i = 0; i < all.length; i++) {
      all[i] = i;
    }
    float[] floats = ofShorts(DataType.F16, new Shape(256, 256), all).floats();
    for (int i = 0; i < all.length; i++) {
      assertEquals((float) half(i), floats[i], Integer.toHexString(i)); // tells -0 from 0
    }
  }

  @Test
  void aPartIsReadWhereItIsWanted() {
    HostTensor bfloats = ofShorts(DataType.BF16, new Shape(2, 2), 0x3f80, 0xc000, 0x4040, 0x4080);
    float[] to = {9, 9, 9, 9};
    bfloats.read(1, to, 2, 2);
    assertArrayEquals(new float[] {9, 9, -2, 3}, to);

    HostTensor floats = HostTensor.of("floats", new Shape(1, 4), new float[] {1, 2, 3, 4});
    floats.read(2, to, 0, 2);
    assertArrayEquals(new float[] {3, 4, -2, 3}, to);
  }

  @Test
  void stackedMatricesStandBelowEachOtherWhateverTheirTypes() {
    HostTensor halves = ofShorts(DataType.F16, new Shape(1, 2), 0x3c00, 0xc000);
    HostTensor floats = HostTensor.of("floats", new Shape(2, 2), new float[] {3, 4, 5, 6});

    HostTensor same = HostTensor.stack("same", halves, halves);
    assertEquals(DataType.F16, same.type());
    assertEquals(new Shape(2, 2), same.shape());
    assertArrayEquals(new float[] {1, -2, 1, -2}, same.floats());
    assertArrayEquals(
        new float[] {1, -2, 3, 4, 5, 6}, HostTensor.stack("mixed", halves, floats).floats());
  }
}
