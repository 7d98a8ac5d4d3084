// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;

/** Makes NumPy arrays and archives of them, byte for byte as Marian writes them. */
public final class NpzBytes {
  private static final byte[] ARRAY = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
  private static final byte[] ENTRY = {'P', 'K', 3, 4};
  private static final byte[] LISTED_ENTRY = {'P', 'K', 1, 2, 20, 0};
  private static final byte[] END = {'P', 'K', 5, 6, 0, 0, 0, 0};

  /** Version 2.0 of the format; no flags, not compressed, no time, no date. */
  private static final byte[] STORED = {20, 0, 0, 0, 0, 0, 0, 0, 0, 0};

  /** No comment, on the first disk, no attributes. */
  private static final byte[] NO_FACTS = new byte[10];

  private static final int HEADER_STEP = 16;
  private static final int TEXT_STEP = 256;

  private NpzBytes() {}

  /** Returns an archive with these arrays, in the order of their names. */
  public static byte[] archive(Map<String, byte[]> arrays) {
    ByteArrayOutputStream entries = new ByteArrayOutputStream();
    ByteArrayOutputStream list = new ByteArrayOutputStream();
    new TreeMap<>(arrays)
        .forEach(
            (array, bytes) -> {
              byte[] name = (array + ".npy").getBytes(StandardCharsets.UTF_8);
              byte[] facts = facts(name, bytes);
              append(list, LISTED_ENTRY, facts, NO_FACTS, number(entries.size(), 4), name);
              append(entries, ENTRY, facts, name, bytes);
            });
    byte[] count = number(arrays.size(), 2);
    byte[] begin = number(entries.size(), 4);
    append(entries, list.toByteArray(), END, count, count, number(list.size(), 4), begin);
    append(entries, number(0, 2)); // the length of a comment
    return entries.toByteArray();
  }

  /** Returns what an entry and its line in the list both say. */
  private static byte[] facts(byte[] name, byte[] bytes) {
    CRC32 sum = new CRC32();
    sum.update(bytes);
    byte[] size = number(bytes.length, 4);
    ByteArrayOutputStream facts = new ByteArrayOutputStream();
    append(facts, STORED, number(sum.getValue(), 4), size, size, number(name.length, 2));
    append(facts, number(0, 2)); // the length of what else there is to say
    return facts.toByteArray();
  }

  /** Returns a {@code .npy} file; the shape is a tuple in Python's notation. */
  public static byte[] array(String type, String shape, byte[] data) {
    return npy(
        "{'descr': '%s', 'fortran_order': False, 'shape': %s, }".formatted(type, shape), data);
  }

  /**
   * Returns a {@code .npy} file with this header, right or wrong, filled up with at least one
   * blank.
   */
  public static byte[] npy(String header, byte[] data) {
    int begin = ARRAY.length + Short.BYTES;
    int padded = (begin + header.length()) / HEADER_STEP * HEADER_STEP + HEADER_STEP - begin;
    byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
    byte[] filled = Arrays.copyOf(text, padded);
    Arrays.fill(filled, text.length, padded, (byte) ' ');
    filled[padded - 1] = '\n';
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    append(out, ARRAY, number(padded, 2), filled, data);
    return out.toByteArray();
  }

  /** Returns the array of a text, which ends with at least one zero. */
  public static byte[] text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return bytes(Arrays.copyOf(bytes, (bytes.length / TEXT_STEP + 1) * TEXT_STEP));
  }

  /** Returns an array of bytes, for which Marian names an order, too. */
  static byte[] bytes(byte[] data) {
    return array("<i1", "(" + data.length + ",)", data);
  }

  private static void append(ByteArrayOutputStream out, byte[]... parts) {
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
  }

  /** Returns a little-endian number. */
  private static byte[] number(long number, int size) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (number >> (Byte.SIZE * i));
    }
    return bytes;
  }
}
