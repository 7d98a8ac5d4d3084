// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonProblemTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"a\":NaN} | NaN is not JSON",
        "{\"a\":Infinity} | Infinity is not JSON",
        "{\"a\":-Infinity} | -Infinity is not JSON",
        "{\"a\":1 | the object is not closed",
        "{\"a\":[1 | the array is not closed",
        "{\"a\": | the object is not closed",
        "{\"a\":[1, | the array is not closed",
        "{\"a | it ends within a name, a text or a number",
        "{\"a\":\"b | it ends within a name, a text or a number",
        "{\"a\":\"b\\u00 | it ends within a name, a text or a number",
        "{\"a\":+1} | Unexpected character ('+' (code 43)) in numeric value: JSON spec does not"
            + " allow numbers to have plus signs",
        "{\"a\":1} {} | more follows after its end",
        "{\"a\":1]  | Unexpected close marker ']': expected '}' (for Object starting at line 1,"
            + " column 1)",
      })
  void saysWhatIsWrongWithoutTheLibrarysSettings(String json, String problem) {
    assertEquals(problem, JsonProblem.plain(broken(json)));
  }

  @Test
  void saysThatThereAreNoComments() {
    assertEquals(
        "Unexpected character ('/' (code 47)): JSON has no comments",
        JsonProblem.plain(broken("{ // why\n \"a\": 1}")));
  }

  @Test
  void saysThatBytesAreNotUtf8() {
    byte[] latin = "{\"\u00e9t\u00e9\":1}".getBytes(StandardCharsets.ISO_8859_1);

    assertEquals(
        "it is not UTF-8",
        JsonProblem.plain(
            assertThrows(JsonProcessingException.class, () -> new JsonMapper().readTree(latin))));
  }

  @Test
  void namesNoClassesOfThisProgram() {
    assertEquals(
        "a value in it is missing, or of another kind than it should be",
        JsonProblem.plain(
            assertThrows(
                JsonProcessingException.class,
                () -> new JsonMapper().readValue("{\"a\":1}", int[].class))));
  }

  @Test
  void saysALimitWithoutItsName() {
    assertEquals(
        "Document nesting depth (1001) exceeds the maximum allowed (1000)",
        JsonProblem.plain(broken("[".repeat(2000))));
  }

  private static JsonProcessingException broken(String json) {
    JsonMapper mapper =
        JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
    return assertThrows(JsonProcessingException.class, () -> mapper.readTree(json));
  }
}
