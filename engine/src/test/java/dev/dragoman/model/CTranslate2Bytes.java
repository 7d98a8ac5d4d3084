// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** Makes small {@code model.bin} files for tests, right or wrong, in any version of the layout. */
public final class CTranslate2Bytes {

  public static final int FLOAT32 = 0;
  public static final int INT8 = 1;
  public static final int INT16 = 2;
  public static final int FLOAT16 = 4;
  public static final int BFLOAT16 = 5;
  private static final int[] WIDTHS = {4, 1, 2, 4, 2, 2};

  /** A variable as it is written. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Stored(int[] sizes, int type, byte[] data) {}

  public final Map<String, Stored> variables = new LinkedHashMap<>();
  public final Map<String, String> aliases = new LinkedHashMap<>();
  public int version = 6;
  public String kind = "TransformerSpec";
  public int revision = 7;
  private final Random random = new Random(7);

  /** Adds a variable of seeded float32 numbers. */
  public CTranslate2Bytes add(String name, int... sizes) {
    int count = 1;
    for (int size : sizes) {
      count *= size;
    }
    ByteBuffer data = buffer(count * Float.BYTES);
    while (data.hasRemaining()) {
      data.putFloat((float) random.nextGaussian());
    }
    return put(name, FLOAT32, array(data), sizes);
  }

  public CTranslate2Bytes put(String name, int type, byte[] data, int... sizes) {
    variables.put(name, new Stored(sizes, type, data));
    return this;
  }

  /** Adds a flag or a small number. */
  public CTranslate2Bytes number(String name, int value) {
    return put(name, INT8, new byte[] {(byte) value});
  }

  public CTranslate2Bytes real(String name, float value) {
    return put(name, FLOAT32, buffer(Float.BYTES).putFloat(value).array());
  }

  CTranslate2Bytes text(String name, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return put(name, INT8, bytes, bytes.length);
  }

  public CTranslate2Bytes remove(String name) {
    variables.remove(name);
    return this;
  }

  /** Returns the numbers of a float32 variable. */
  public float[] floats(String name) {
    byte[] data = variables.get(name).data();
    float[] floats = new float[data.length / Float.BYTES];
    ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
    return floats;
  }

  public byte[] bytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    integer(out, version);
    string(out, kind);
    integer(out, revision);
    integer(out, variables.size());
    variables.forEach((name, variable) -> variable(out, name, variable));
    if (version >= 3) {
      integer(out, aliases.size());
      aliases.forEach(
          (alias, name) -> {
            string(out, alias);
            string(out, name);
          });
    }
    return out.toByteArray();
  }

  private void variable(ByteArrayOutputStream out, String name, Stored variable) {
    string(out, name);
    out.write(variable.sizes().length);
    for (int size : variable.sizes()) {
      integer(out, size);
    }
    int width = WIDTHS[variable.type()];
    out.write(version >= 4 ? variable.type() : width);
    integer(out, variable.data().length / (version >= 4 ? 1 : width));
    out.writeBytes(variable.data());
  }

  private static void integer(ByteArrayOutputStream out, int value) {
    out.writeBytes(buffer(Integer.BYTES).putInt(value).array());
  }

  static void string(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeBytes(buffer(Short.BYTES).putShort((short) (bytes.length + 1)).array());
    out.writeBytes(bytes);
    out.write(0);
  }

  public static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Returns all bytes of a buffer. */
  public static byte[] array(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.capacity()];
    buffer.get(0, bytes);
    return bytes;
  }
}
