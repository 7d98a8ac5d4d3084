// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The journal's notation. */
final class Json {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(
                  JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private Json() {}

  /** Returns a value as one line with its line feed. */
  static byte[] line(Object value) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    line.writeBytes(MAPPER.writeValueAsBytes(value));
    line.write('\n');
    return line.toByteArray();
  }

  /** Returns a value as compact text. */
  static String text(Object value) throws IOException {
    return MAPPER.writeValueAsString(value);
  }

  static <T> T read(Path file, Class<T> type) throws IOException {
    return read(new String(Files.readAllBytes(file), StandardCharsets.UTF_8), file, type);
  }

  /** Reads a part of a journal's file. */
  static <T> T read(String json, Path file, Class<T> type) throws IOException {
    try {
      return MAPPER.readValue(json, type);
    } catch (JacksonException e) {
      throw new BatchException(
          file + ": is not a journal that this program wrote; the setting restart=true begins anew",
          e);
    }
  }

  static <T> T read(String line, Class<T> type) throws IOException {
    return MAPPER.readValue(line, type);
  }
}
