// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import java.util.List;
import java.util.regex.Pattern;

/** What is wrong with a text that is not JSON, without the names of the library's settings. */
public final class JsonProblem {

  private record Rewording(Pattern said, String meant) {
    static Rewording of(String said, String meant) {
      return new Rewording(Pattern.compile(said, Pattern.DOTALL), meant);
    }
  }

  /** The library advises to change its settings, which a user of this program cannot do. */
  private static final List<Rewording> REWORDINGS =
      List.of(
          Rewording.of("Non-standard token '(.*)': enable .*", "$1 is not JSON"),
          Rewording.of(": enable `.*", ""),
          Rewording.of(" \\(consider enabling `.*", ""),
          Rewording.of(
              "Unexpected end-of-input: expected .* for Object .*", "the object is not closed"),
          Rewording.of(
              "Unexpected end-of-input: expected .* for Array .*", "the array is not closed"),
          Rewording.of(
              "Unexpected end-of-input within/between Object .*", "the object is not closed"),
          Rewording.of(
              "Unexpected end-of-input within/between Array .*", "the array is not closed"),
          Rewording.of(
              "Unexpected end-of-input(: was expecting closing quote| in ).*",
              "it ends within a name, a text or a number"),
          Rewording.of("Invalid UTF-8 .*", "it is not UTF-8"),
          Rewording.of("maybe a \\(non-standard\\) comment\\?.*", "JSON has no comments"),
          Rewording.of("Trailing token .*", "more follows after its end"),
          Rewording.of("(\\(\\d+), from `[^`]*`", "$1"),
          Rewording.of(
              "\\[Source: [^;\\]]*; line: (\\d+), column: (\\d+)\\]", "line $1, column $2"),
          Rewording.of("\\[Source: [^;\\]]*; byte offset: #(\\d+)\\]", "byte $1"));

  private static final Pattern SETTING =
      Pattern.compile("\\b(\\w+Feature|Stream\\w+Constraints|JsonFactory)\\b");

  private JsonProblem() {}

  /**
   * Returns the message of an exception in plain words, without the place; it may have line breaks.
   */
  public static String plain(JsonProcessingException problem) {
    String plain = String.valueOf(problem.getOriginalMessage());
    for (Rewording rewording : REWORDINGS) {
      plain = rewording.said.matcher(plain).replaceAll(rewording.meant);
    }
    if (problem instanceof JsonMappingException && plain.contains("`")) { // a class's name
      return "a value in it is missing, or of another kind than it should be";
    }
    return SETTING.matcher(plain).find() ? "it breaks JSON's rules" : plain;
  }
}
