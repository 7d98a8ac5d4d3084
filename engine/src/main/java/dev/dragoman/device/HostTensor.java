package dev.dragoman.device;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Numbers in the host's memory, most often a part of a mapped file: the weights on their way to a
 * device. Immutable.
 *
 * @param name what the file calls it, for error messages
 * @param type F32, F16 or BF16
 * @param shape a vector of n is n × 1
 * @param data little-endian, from position 0 to its limit, exactly shape × type bytes
 */
public record HostTensor(String name, DataType type, Shape shape, ByteBuffer data) {

  /** Refuses data whose size is not the shape's. */
  public HostTensor {
    data = data.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    long expected = (long) shape.size() * type.bytes();
    if (data.remaining() != expected) {
      throw new IllegalArgumentException(
          name
              + ": "
              + shape
              + " of "
              + type
              + " needs "
              + expected
              + " bytes, not "
              + data.remaining());
    }
  }

  /** A float32 tensor of these numbers, row by row. */
  public static HostTensor of(String name, Shape shape, float[] numbers) {
    ByteBuffer data =
        ByteBuffer.allocate(numbers.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    data.asFloatBuffer().put(numbers);
    return new HostTensor(name, DataType.F32, shape, data);
  }

  /** All numbers as float32, row by row. */
  public float[] floats() {
    ByteBuffer in = data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    float[] out = new float[shape.size()];
    switch (type) {
      case F32 -> in.asFloatBuffer().get(out);
      case F16 -> {
        short[] halves = shorts(in);
        for (int i = 0; i < out.length; i++) {
          out[i] = halfToFloat(halves[i]);
        }
      }
      case BF16 -> {
        short[] halves = shorts(in);
        for (int i = 0; i < out.length; i++) {
          out[i] = Float.intBitsToFloat(halves[i] << 16);
        }
      }
      case I8, I32 -> throw new IllegalStateException(name + " holds integers");
    }
    return out;
  }

  /** All at once: one by one they take far longer before that is compiled. */
  private static short[] shorts(ByteBuffer in) {
    short[] all = new short[in.remaining() / Short.BYTES];
    in.asShortBuffer().get(all);
    return all;
  }

  /** IEEE 754 binary16 to binary32; Java has it only from version 20 on. */
  static float halfToFloat(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = (half >> 10) & 0x1f;
    int fraction = half & 0x3ff;
    if (exponent == 0x1f) {
      return Float.intBitsToFloat(sign | 0x7f80_0000 | fraction << 13);
    }
    if (exponent == 0) { // zero and subnormals: fraction · 2⁻²⁴
      float magnitude = fraction * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    return Float.intBitsToFloat(sign | (exponent + 112) << 23 | fraction << 13);
  }
}
