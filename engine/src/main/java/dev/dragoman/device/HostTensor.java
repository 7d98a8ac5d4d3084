// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.Stream;

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
  /** Numbers that are read at once, so that what they pass through stays in the cache. */
  private static final int BLOCK = 1 << 14;

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

  /** Returns a float32 tensor of these numbers, row by row. */
  public static HostTensor of(String name, Shape shape, float[] numbers) {
    ByteBuffer data =
        ByteBuffer.allocate(numbers.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    data.asFloatBuffer().put(numbers);
    return new HostTensor(name, DataType.F32, shape, data);
  }

  /**
   * Returns several matrices of equally many columns as one: the rows of the first, then the
   * others'.
   */
  public static HostTensor stack(String name, HostTensor... parts) {
    int rows = Stream.of(parts).mapToInt(part -> part.shape.rows()).sum();
    Shape shape = new Shape(rows, parts[0].shape.columns());
    boolean same = Stream.of(parts).allMatch(part -> part.type == parts[0].type);
    DataType type = same ? parts[0].type : DataType.F32;
    ByteBuffer all = ByteBuffer.allocate(shape.size() * type.bytes());
    for (HostTensor part : parts) {
      all.put(same ? part.data.duplicate() : of(name, part.shape, part.floats()).data);
    }
    return new HostTensor(name, type, shape, all.flip());
  }

  /** Returns all numbers as float32, row by row. */
  public float[] floats() {
    float[] out = new float[shape.size()];
    for (int from = 0; from < out.length; from += BLOCK) {
      int count = Math.min(BLOCK, out.length - from);
      read(from, out, from, count);
    }
    return out;
  }

  /**
   * Reads some of the numbers as float32.
   *
   * @param from the first of them, counted row by row
   * @param at where it goes
   */
  public void read(int from, float[] to, int at, int count) {
    ByteBuffer in = data.duplicate().order(ByteOrder.LITTLE_ENDIAN).position(from * type.bytes());
    switch (type) {
      case F32 -> in.asFloatBuffer().get(to, at, count);
      case F16 -> Float16.toFloats(shorts(in, count), to, at);
      case BF16 -> {
        short[] halves = shorts(in, count);
        for (int i = 0; i < count; i++) {
          to[at + i] = Float.intBitsToFloat(halves[i] << 16);
        }
      }
      case I8, I32 -> throw new IllegalStateException(name + " holds integers");
    }
  }

  /** Reads many numbers at once; one by one they take far longer before that is compiled. */
  private static short[] shorts(ByteBuffer in, int count) {
    short[] all = new short[count];
    in.asShortBuffer().get(all);
    return all;
  }
}
