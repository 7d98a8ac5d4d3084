// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.ctranslate2;

import dev.dragoman.device.Shape;
import dev.dragoman.model.ModelFormatException;
import dev.dragoman.model.files.ByteSource;
import dev.dragoman.model.files.ModelFiles;
import dev.dragoman.model.files.ModelFolder;
import dev.dragoman.text.OneLine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the layout of CTranslate2's {@code model.bin} from its own header: little-endian, the
 * format's version, the model's kind and its revision, the variables, and from version 3 on other
 * names for some of them. Every size is checked against the file before anything is taken.
 *
 * @see <a href="https://github.com/OpenNMT/CTranslate2">CTranslate2</a>
 */
final class CTranslate2Parser {

  private static final int OLDEST = 2;
  private static final int NEWEST = 6;
  private static final int FIRST_WITH_ALIASES = 3;
  private static final int FIRST_WITH_TYPES = 4;
  private static final int MOST_DIMENSIONS = 8;

  /** How the numbers of a variable are stored; before version 4 the width said which. */
  enum NumberType {
    FLOAT32(4),
    INT8(1),
    INT16(2),
    INT32(4),
    FLOAT16(2),
    BFLOAT16(2);

    final int bytes;

    NumberType(int bytes) {
      this.bytes = bytes;
    }
  }

  /** One variable: its sizes, none for a single number, and its numbers. */
  record Variable(String name, List<Long> sizes, NumberType type, ByteBuffer data) {}

  /**
   * The whole file.
   *
   * @param version of the layout
   * @param kind the model's specification, {@code TransformerSpec} most often
   * @param revision of the specification
   * @param variables by name, the other names among them
   */
  record Contents(int version, String kind, int revision, Map<String, Variable> variables) {}

  private final Path file;
  private final ByteSource bytes;
  private long position;

  private CTranslate2Parser(Path file, ByteSource bytes) {
    this.file = file;
    this.bytes = bytes;
  }

  /**
   * Reads {@code name} in a folder.
   *
   * @throws ModelFormatException if it is missing or contradicts itself
   */
  static Contents parse(ModelFolder folder, String name) {
    Path file = folder.file(name);
    try (ByteSource bytes = folder.open(name)) {
      return new CTranslate2Parser(file, bytes).contents();
    } catch (IOException e) {
      throw ModelFiles.unreadable(file, e);
    }
  }

  private Contents contents() throws IOException {
    long version = unsigned("the version");
    if (version < OLDEST || version > NEWEST) {
      throw wrong(
          "version %d of the format; %d to %d are supported".formatted(version, OLDEST, NEWEST));
    }
    String kind = text("the model's kind");
    long revision = unsigned("the revision");
    long count = unsigned("the number of variables");
    Map<String, Variable> variables = new LinkedHashMap<>();
    for (long i = 0; i < count; i++) {
      Variable variable = variable((int) version);
      put(variables, variable.name(), variable);
    }
    if (version >= FIRST_WITH_ALIASES) {
      aliases(variables);
    }
    if (position != bytes.size()) {
      throw wrong((bytes.size() - position) + " bytes are left over at byte " + position);
    }
    return new Contents((int) version, kind, (int) Math.min(revision, 1 << 20), variables);
  }

  private Variable variable(int version) throws IOException {
    String name = text("a variable's name");
    int rank = take(1, name).get() & 0xff;
    if (rank > MOST_DIMENSIONS) {
      throw wrong("variable " + name + " has " + rank + " dimensions");
    }
    List<Long> sizes = new ArrayList<>(rank);
    long numbers = 1;
    for (int i = 0; i < rank; i++) {
      long size = unsigned(name);
      sizes.add(size);
      if (size > Shape.MOST_ELEMENTS || (size > 0 && numbers > Shape.MOST_ELEMENTS / size)) {
        throw wrong("variable " + name + " is too large: " + sizes);
      }
      numbers *= size;
    }
    int code = take(1, name).get() & 0xff;
    NumberType type = version >= FIRST_WITH_TYPES ? type(name, code) : typeOfWidth(name, code);
    long claimed = unsigned(name) * (version >= FIRST_WITH_TYPES ? 1 : type.bytes);
    if (claimed != numbers * type.bytes) {
      throw wrong(
          "variable %s has %d bytes; %s of %s needs %d"
              .formatted(name, claimed, sizes, type, numbers * type.bytes));
    }
    return new Variable(name, List.copyOf(sizes), type, take(claimed, name));
  }

  private NumberType type(String name, int code) {
    if (code >= NumberType.values().length) {
      throw wrong("variable " + name + " has the unknown type " + code);
    }
    return NumberType.values()[code];
  }

  private NumberType typeOfWidth(String name, int width) {
    return switch (width) {
      case 1 -> NumberType.INT8;
      case 2 -> NumberType.INT16;
      case 4 -> NumberType.FLOAT32;
      default -> throw wrong("variable " + name + " has numbers of " + width + " bytes");
    };
  }

  private void aliases(Map<String, Variable> variables) throws IOException {
    long count = unsigned("the number of aliases");
    for (long i = 0; i < count; i++) {
      String alias = text("an alias");
      String name = text("what the alias " + alias + " stands for");
      Variable variable = variables.get(name);
      if (variable == null) {
        throw wrong("alias " + alias + " stands for " + name + ", which is missing");
      }
      put(variables, alias, variable);
    }
  }

  private void put(Map<String, Variable> variables, String name, Variable variable) {
    if (variables.put(name, variable) != null) {
      throw wrong("variable " + name + " is there twice");
    }
  }

  /** Reads a text with its length before it, a zero byte at its end counted. */
  private String text(String what) throws IOException {
    int length = take(Short.BYTES, what).getShort() & 0xffff;
    ByteBuffer text = take(length, what);
    if (length == 0 || text.get(length - 1) != 0) {
      throw wrong("%s before byte %d is not a text".formatted(what, position));
    }
    byte[] characters = new byte[length - 1];
    text.get(characters);
    return new String(characters, StandardCharsets.UTF_8);
  }

  private long unsigned(String what) throws IOException {
    return Integer.toUnsignedLong(take(Integer.BYTES, what).getInt());
  }

  private ByteBuffer take(long count, String what) throws IOException {
    if (count > bytes.size() - position) {
      throw wrong(
          "truncated: %s at byte %d needs %d bytes, but %d are left"
              .formatted(what, position, count, bytes.size() - position));
    }
    if (count > Integer.MAX_VALUE) {
      throw wrong(what + " is larger than 2 GB");
    }
    ByteBuffer taken = bytes.at(position, (int) count);
    position += count;
    return taken;
  }

  private ModelFormatException wrong(String what) {
    return new ModelFormatException(file + ": " + OneLine.of(what));
  }
}
