// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.tensors;

import dev.dragoman.device.DataType;
import dev.dragoman.device.HostTensor;
import dev.dragoman.model.ModelFormatException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Changes the precision in which weights are stored, rounding to the nearest, ties to even. */
public final class Precisions {

  private static final float LARGEST_HALF = 65_504;

  private Precisions() {}

  /**
   * Returns the tensor in another precision, or itself if it has that already.
   *
   * @throws ModelFormatException if a number is too large for it
   */
  public static HostTensor convert(HostTensor tensor, DataType type) {
    if (tensor.type() == type) {
      return tensor;
    }
    float[] numbers = tensor.floats();
    if (type == DataType.F32) {
      return HostTensor.of(tensor.name(), tensor.shape(), numbers);
    }
    ByteBuffer data =
        ByteBuffer.allocate(Math.multiplyExact(numbers.length, type.bytes()))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (float number : numbers) {
      data.putShort(type == DataType.F16 ? half(number, tensor) : bfloat(number, tensor));
    }
    return new HostTensor(tensor.name(), type, tensor.shape(), data.flip());
  }

  private static short bfloat(float number, HostTensor tensor) {
    int bits = Float.floatToIntBits(number);
    int rounded = bits + 0x7fff + (bits >>> 16 & 1);
    if (!Float.isFinite(Float.intBitsToFloat(rounded & 0xffff_0000))) {
      throw tooLarge(number, tensor, "bfloat16");
    }
    return (short) (rounded >>> 16);
  }

  /**
   * Rounds to half precision. A half has 10 bits of fraction from 2⁻¹⁴ on, and below them steps of
   * 2⁻²⁴. Adding and taking away a float whose last bit is worth the step rounds to it.
   */
  private static short half(float number, HostTensor tensor) {
    float magnitude = Math.abs(number);
    int exponent = Math.max(-14, Math.getExponent(magnitude));
    float large = Math.scalb(1.5f, exponent - 10 + 23);
    float rounded = magnitude + large - large;
    if (!(rounded <= LARGEST_HALF)) {
      throw tooLarge(number, tensor, "float16");
    }
    int sign = Float.floatToIntBits(number) >>> 16 & 0x8000;
    int bits;
    if (rounded < 0x1p-14f) {
      bits = (int) (rounded * 0x1p24f);
    } else {
      bits = (Float.floatToIntBits(rounded) >>> 13) - (112 << 10);
    }
    return (short) (sign | bits);
  }

  private static ModelFormatException tooLarge(float number, HostTensor tensor, String precision) {
    return new ModelFormatException(
        "tensor %s has the number %s, too large for %s; take another precision"
            .formatted(tensor.name(), number, precision));
  }
}
