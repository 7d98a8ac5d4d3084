// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dragoman.text.AddedTokens.Rule;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Texts are divided as transformers divides them. */
class AddedTokensTest {

  private static final AddedTokens TOKENS =
      new AddedTokens(
          Map.of(
              "<a>", Set.of(),
              "<a>b", Set.of(),
              "id_1", Set.of(),
              "id_100", Set.of(),
              "<l>", Set.of(Rule.STRIPS_LEFT),
              "<r>", Set.of(Rule.STRIPS_RIGHT),
              "<s>", Set.of(Rule.SPECIAL),
              "(x|y)*", Set.of()));

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "no token;no token",
        "un <a> court;un |<a>| court",
        "<a><a>x;<a>|<a>|x",
        "x<a>b;x|<a>b",
        "id_100 id_10;id_100| |id_1|0",
        "u <l> v;u|<l>| v",
        "u <r> v;u |<r>|v",
        "u\u00a0\t<l><r> \u3000v;u|<l>|<r>|v",
        "(x|y)*xy;(x|y)*|xy",
        "<A>;<A>",
        "<s>u;<s>|u",
      })
  void dividesATextAtThem(String text, String divided) {
    List<String> parts = TOKENS.pieces(text, t -> t.isEmpty() ? List.of() : List.of(t));
    assertEquals(divided.replace("(x|y)", "(x¦y)"), String.join("|", escaped(parts)));
  }

  private static List<String> escaped(List<String> parts) {
    return parts.stream().map(part -> part.replace('|', '¦')).toList();
  }

  @ParameterizedTest
  @CsvSource({"u v,uv", "u <a> v,u <a> v", "<a>,<a>", "u <s> v,uv", "<s> <a> <a> u,<a> <a> u"})
  void standApartInTheTextOfATranslation(String pieces, String text) {
    assertEquals(text, TOKENS.text(Arrays.asList(pieces.split(" ")), p -> String.join("", p)));
  }

  @Test
  void withoutAnyATextIsCutAsAWhole() {
    assertEquals(List.of("a b"), AddedTokens.NONE.pieces("a b", List::of));
    assertEquals(List.of(""), AddedTokens.NONE.pieces("", List::of));
    assertEquals("ab", AddedTokens.NONE.text(List.of("a", "b"), p -> String.join("", p)));
  }
}
