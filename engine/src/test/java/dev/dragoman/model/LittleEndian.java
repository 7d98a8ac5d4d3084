// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Little-endian numbers of files, right or wrong. */
public final class LittleEndian {

  private LittleEndian() {}

  /** Returns a copy with an integer of four bytes at this position. */
  public static byte[] withInt(byte[] bytes, int position, int value) {
    byte[] changed = bytes.clone();
    buffer(changed).putInt(position, value);
    return changed;
  }

  /** Returns a copy with an integer of two bytes at this position. */
  public static byte[] withShort(byte[] bytes, int position, int value) {
    byte[] changed = bytes.clone();
    buffer(changed).putShort(position, (short) value);
    return changed;
  }

  /** Returns so many float32 numbers that are none. */
  public static byte[] nan(int count) {
    byte[] bytes = new byte[count * Float.BYTES];
    for (int i = 0; i < count; i++) {
      buffer(bytes).putFloat(i * Float.BYTES, Float.NaN);
    }
    return bytes;
  }

  private static ByteBuffer buffer(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
