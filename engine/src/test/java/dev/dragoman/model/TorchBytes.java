// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Makes PyTorch's zips for tests, with pickles that are written operation by operation. */
public final class TorchBytes {
  /** The folder of files that PyTorch itself wrote. */
  public static final Path FIXTURES = Path.of("src/test/resources/pytorch");

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final ZipOutputStream zip = new ZipOutputStream(bytes);

  /**
   * Returns a state dictionary with the one tensor {@code t}, over a float storage of so many
   * numbers.
   */
  public static String tensor(String count, String offset, String sizes, String strides) {
    return dictionary(
        "X\1\0\0\0tctorch._utils\n_rebuild_tensor_v2\n(("
            + "X\7\0\0\0storagectorch\nFloatStorage\nX\1\0\0\0"
            + "0X\3\0\0\0cpu%stQ%s(%st(%st\u0089ccollections\nOrderedDict\n)RtR"
                .formatted(count, offset, sizes, strides));
  }

  /** Returns a state dictionary of these items. */
  public static String dictionary(String items) {
    return "\u0080\2}(" + items + "u.";
  }

  /** Returns the operation that pushes a number of eight bytes. */
  public static String number(long value) {
    StringBuilder operation = new StringBuilder("\u008a\b");
    for (int i = 0; i < Long.BYTES; i++) {
      operation.append((char) (value >>> (Byte.SIZE * i) & 0xff));
    }
    return operation.toString();
  }

  /** Returns a file with this pickle and eight numbers in storage 0. */
  public static byte[] file(String pickle) {
    return new TorchBytes().pickle(pickle).stored("m/data/0", new byte[8 * Float.BYTES]).bytes();
  }

  public TorchBytes pickle(String operations) {
    return stored("m/data.pkl", operations.getBytes(StandardCharsets.ISO_8859_1));
  }

  public TorchBytes stored(String name, byte[] content) {
    ZipEntry entry = new ZipEntry(name);
    CRC32 sum = new CRC32();
    sum.update(content);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(sum.getValue());
    return add(entry, content);
  }

  public TorchBytes compressed(String name, byte[] content) {
    return add(new ZipEntry(name), content);
  }

  private TorchBytes add(ZipEntry entry, byte[] content) {
    try {
      zip.putNextEntry(entry);
      zip.write(content);
      zip.closeEntry();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public byte[] bytes() {
    try {
      zip.close();
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
