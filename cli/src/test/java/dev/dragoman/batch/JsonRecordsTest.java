// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines that are hardly JSON. */
final class JsonRecordsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"n\":NaN,\"s\":\"x\"}|NaN is not JSON",
        "{\"n\":-INF,\"s\":\"x\"}|-INF is not JSON",
        "{\"s\":\"x\"|the object is not closed",
        "{\"s\":\"x\",\"a\":[1|the array is not closed",
        "{\"s\":\"x\",\"a|it ends within a name, a text or a number",
        "{\"s\":\"x\"} // why|Unexpected character ('/' (code 47)): JSON has no comments",
      })
  void whatIsNotJsonIsSaidWithoutTheLibrarysSettings(String line, String problem)
      throws IOException {
    assertEquals(
        Optional.of("does not parse as JSON: " + problem), records(line + "\n").get(0).problem());
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\0\"\0", "\0\0\0{", "\0{\0\"", "\0", "\0\0\u00ff\u00fe"})
  void zeroBytesAreNoOtherEncoding(String line) throws IOException {
    List<InputRecord> records = records(line + "\n{\"s\":\"x\"}\n");

    assertEquals(2, records.size());
    assertTrue(records.get(0).problem().orElseThrow().startsWith("does not parse as JSON: "));
    assertEquals(List.of("x"), records.get(1).texts());
  }

  @Test
  void everyLineMayHaveAByteOrderMark() throws IOException {
    String marked = "\u00ef\u00bb\u00bf{\"s\":\"x\"}\n";

    for (InputRecord record : records(marked + marked)) {
      assertEquals(List.of("x"), record.texts());
      String written = new String(record.layout().bytes(List.of("X")), StandardCharsets.ISO_8859_1);
      assertEquals(marked.replace('x', 'X'), written);
    }
  }

  /** Returns the field {@code s} of each line; the characters are bytes. */
  private static List<InputRecord> records(String lines) throws IOException {
    byte[] bytes = lines.getBytes(StandardCharsets.ISO_8859_1);
    List<InputRecord> records = new ArrayList<>();
    try (JsonRecords reader =
        new JsonRecords(new ByteArrayInputStream(bytes), JsonPath.parse("s"), Optional.empty())) {
      for (var record = reader.next(); record.isPresent(); record = reader.next()) {
        records.add(record.get());
      }
    }
    return records;
  }
}
