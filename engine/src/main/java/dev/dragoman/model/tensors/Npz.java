// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.tensors;

import dev.dragoman.device.DataType;
import dev.dragoman.device.HostTensor;
import dev.dragoman.device.Shape;
import dev.dragoman.model.ModelFormatException;
import dev.dragoman.model.files.ByteSource;
import dev.dragoman.model.files.ModelFiles;
import dev.dragoman.model.files.ModelFolder;
import dev.dragoman.model.zip.ZipArchive;
import dev.dragoman.text.OneLine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * NumPy's archive of arrays: a zip of {@code .npy} files, each with a header in Python's notation,
 * of which only what NumPy itself writes is understood.
 *
 * @see <a href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">the
 *     format</a>
 */
public final class Npz implements TensorFile {

  private static final String END = ".npy";
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int LONGEST_HEADER = 1 << 16;
  private static final Pattern HEADER =
      Pattern.compile(
          "\\{\\s*'descr':\\s*'([^']{1,8})',\\s*'fortran_order':\\s*(True|False),"
              + "\\s*'shape':\\s*\\(([\\d,\\s]{0,60})\\),?\\s*\\}\\s*");

  private static final Pattern SEPARATOR = Pattern.compile("\\s*,\\s*");

  /**
   * Types of one byte. The sign before them tells the order of a number's bytes: NumPy writes "|",
   * none, and Marian that of its machine.
   */
  private static final Pattern BYTES = Pattern.compile("[|<>=]?[iubS]1");

  /** One array: NumPy's name of its type, its sizes and its numbers. */
  private record Array(String type, Shape shape, ByteBuffer data) {}

  private final Path file;
  private final Map<String, Array> arrays = new TreeMap<>();
  private final Map<String, HostTensor> tensors = new HashMap<>();

  private Npz(Path file) {
    this.file = file;
  }

  /**
   * Reads an archive; arrays that are only stored stay in the mapped file.
   *
   * @throws ModelFormatException if it is missing or contradicts itself
   */
  public static Npz open(ModelFolder folder, String name) {
    Path file = folder.file(name);
    Npz npz = new Npz(file);
    try (ZipArchive zip = ZipArchive.open(folder, name)) {
      ModelFiles.requireMemory(file, zip.unpackedSize());
      for (String entry : zip.names()) {
        if (!entry.endsWith(END)) {
          throw npz.wrong(entry, "is not an array");
        }
        try (ByteSource bytes = zip.open(entry)) {
          String array = entry.substring(0, entry.length() - END.length());
          npz.arrays.put(array, npz.array(array, bytes));
        }
      }
      return npz;
    } catch (IOException e) {
      throw ModelFiles.unreadable(file, e);
    }
  }

  private Array array(String name, ByteSource bytes) throws IOException {
    int start = MAGIC.length + 2;
    if (bytes.size() < start + Integer.BYTES) {
      throw wrong(name, "is truncated");
    }
    ByteBuffer head = bytes.at(0, start + Integer.BYTES);
    if (!head.slice(0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC))) {
      throw wrong(name, "is not in NumPy's format");
    }
    boolean narrow = head.get(MAGIC.length) == 1;
    long length = narrow ? head.getShort(start) & 0xffff : head.getInt(start) & 0xffff_ffffL;
    int begin = start + (narrow ? Short.BYTES : Integer.BYTES);
    if (length > LONGEST_HEADER || length > bytes.size() - begin) {
      throw wrong(name, "has a header of " + length + " bytes, which is too long");
    }
    byte[] header = new byte[(int) length];
    bytes.at(begin, header.length).get(header);
    String text = new String(header, StandardCharsets.ISO_8859_1);
    Matcher fields = HEADER.matcher(text);
    if (!fields.matches()) {
      throw wrong(name, "has the header " + text);
    }
    long rest = bytes.size() - begin - header.length;
    return array(name, fields, bytes.at(begin + header.length, Math.toIntExact(rest)));
  }

  private Array array(String name, Matcher fields, ByteBuffer data) {
    Shape shape = shape(name, fields.group(3));
    if (fields.group(2).equals("True") && shape.rows() > 1 && shape.columns() > 1) {
      throw wrong(name, "is stored by columns (fortran_order), which is not supported");
    }
    String type = fields.group(1);
    int width = type.endsWith("4") ? 4 : type.endsWith("2") ? 2 : type.endsWith("8") ? 8 : 1;
    long bytes = (long) shape.size() * width;
    if (bytes != data.limit()) {
      throw wrong(
          name, "has %d bytes; %s of %s needs %d".formatted(data.limit(), shape, type, bytes));
    }
    return new Array(type, shape, data);
  }

  /** Returns the shape of a matrix or a vector; sizes of 1 before its own fall away. */
  private Shape shape(String name, String sizes) {
    long rows = 1;
    long columns = 1;
    for (String size : SEPARATOR.split(sizes.strip(), -1)) {
      if (size.isEmpty()) {
        continue;
      }
      if (size.length() > 10 || !size.chars().allMatch(Character::isDigit)) {
        throw wrong(name, "has shape (" + sizes + ")");
      }
      if (rows > 1) {
        throw wrong(name, "has shape (" + sizes + "); vectors and matrices are supported");
      }
      rows = columns;
      columns = Long.parseLong(size);
    }
    try {
      return new Shape(Math.toIntExact(rows), Math.toIntExact(columns));
    } catch (ArithmeticException | IllegalArgumentException e) {
      throw new ModelFormatException(
          "%s: array %s has shape (%s), which is too large".formatted(file, name, sizes), e);
    }
  }

  /** {@inheritDoc} A vector is a single row here. */
  @Override
  public Optional<HostTensor> find(String name) {
    return Optional.ofNullable(arrays.get(name))
        .map(array -> tensors.computeIfAbsent(name, absent -> tensor(name, array)));
  }

  private HostTensor tensor(String name, Array array) {
    DataType type =
        switch (array.type()) {
          case "<f4" -> DataType.F32;
          case "<f2" -> DataType.F16;
          default -> throw wrong(name, "has " + describe(array) + "; <f4 and <f2 are supported");
        };
    return new HostTensor(name, type, array.shape(), array.data());
  }

  private static String describe(Array array) {
    boolean reversed = array.type().startsWith(">") && !BYTES.matcher(array.type()).matches();
    return (reversed ? "big-endian numbers, type " : "type ") + array.type();
  }

  /** Returns the bytes of an array of bytes. */
  public Optional<byte[]> bytes(String name) {
    Array array = arrays.get(name);
    if (array == null) {
      return Optional.empty();
    }
    if (!BYTES.matcher(array.type()).matches()) {
      throw wrong(name, "has " + describe(array) + ", not bytes");
    }
    byte[] bytes = new byte[array.data().limit()];
    array.data().duplicate().order(ByteOrder.LITTLE_ENDIAN).get(bytes);
    return Optional.of(bytes);
  }

  @Override
  public Set<String> names() {
    return arrays.keySet();
  }

  @Override
  public Path file() {
    return file;
  }

  private ModelFormatException wrong(String name, String what) {
    return new ModelFormatException(
        "%s: array %s %s".formatted(file, OneLine.of(name), OneLine.of(what)));
  }
}
