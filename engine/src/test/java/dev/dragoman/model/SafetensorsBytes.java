// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Makes small safetensors files for tests: seeded float32 numbers under the names asked for. */
public final class SafetensorsBytes {

  private final Map<String, int[]> shapes = new LinkedHashMap<>();
  private final Random random = new Random(7);

  public SafetensorsBytes add(String name, int... shape) {
    shapes.put(name, shape);
    return this;
  }

  public SafetensorsBytes remove(String name) {
    shapes.remove(name);
    return this;
  }

  public Set<String> names() {
    return shapes.keySet();
  }

  public byte[] bytes() {
    StringBuilder header = new StringBuilder("{\"__metadata__\":{\"format\":\"pt\"}");
    int offset = 0;
    for (Map.Entry<String, int[]> tensor : shapes.entrySet()) {
      int size = Float.BYTES;
      StringBuilder shape = new StringBuilder();
      for (int n : tensor.getValue()) {
        size *= n;
        shape.append(shape.isEmpty() ? "" : ",").append(n);
      }
      header.append(
          ",\"%s\":{\"dtype\":\"F32\",\"shape\":[%s],\"data_offsets\":[%d,%d]}"
              .formatted(tensor.getKey(), shape, offset, offset + size));
      offset += size;
    }
    ByteBuffer numbers = ByteBuffer.allocate(offset).order(ByteOrder.LITTLE_ENDIAN);
    while (numbers.hasRemaining()) {
      numbers.putFloat((float) random.nextGaussian());
    }
    return file(header.append('}').toString(), numbers.array());
  }

  /** Returns a file with this header, right or wrong. */
  public static byte[] file(String header, byte... numbers) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return file(json.length, json, numbers);
  }

  public static byte[] file(long length, byte[] header, byte... numbers) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array());
    out.writeBytes(header);
    out.writeBytes(numbers);
    return out.toByteArray();
  }
}
