// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTreeTest {

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        " [] ",
        "null",
        "\"\\u00e9\\n▁\"",
        "{\"a\": [1, -2, 2147483648, 123456789012345678901, 1.5, 1e3, true, false, null, \"\"]}",
        "{\"a\": {\"b\": [{}, [[], {\"c\": {}}]]}, \"\": 0}"
      })
  void theTreeIsTheOneOfJacksonsMapper(String json) throws IOException {
    assertEquals(new JsonMapper().readTree(json), JsonTree.of(utf8(json)));
  }

  @Test
  void nothingIsAMissingNode() throws IOException {
    assertTrue(JsonTree.of(utf8(" \n")).isMissingNode());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "[1,",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\": 1, \"a\": 2}",
        "{} {}",
        "1 2",
        "[1]]",
        "]",
        "NaN"
      })
  void whatIsNotOneValueIsRefused(String json) {
    assertThrows(JsonProcessingException.class, () -> JsonTree.of(utf8(json)));
  }

  @Test
  void nestingHasALimit() {
    byte[] deep = utf8("[".repeat(100_000));
    assertThrows(JsonProcessingException.class, () -> JsonTree.of(deep));
  }
}
