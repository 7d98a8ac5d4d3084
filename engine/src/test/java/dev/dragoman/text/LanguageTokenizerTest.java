// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.text.LanguageTokenizer.Placement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LanguageTokenizerTest {

  /** Every text begins with a dash, and one of dashes alone says nothing. */
  private static final class Dashes implements Tokenizer {
    @Override
    public int[] encode(String text) {
      return text.chars().toArray();
    }

    @Override
    public List<String> pieces(int[] ids) {
      return List.of();
    }

    @Override
    public String decode(int[] ids) {
      return "";
    }

    @Override
    public String prefix(String text) {
      return "-";
    }

    @Override
    public boolean hasText(String text) {
      return !text.matches("-+");
    }
  }

  @Test
  void whatATextBeginsWithIsThePiecesMatter() {
    LanguageTokenizer tokenizer =
        new LanguageTokenizer(new Dashes(), Map.of("fr", 1), Placement.START, Set.of());
    assertEquals("-", tokenizer.prefix("-a"));
    assertTrue(tokenizer.hasText("-a"));
    assertFalse(tokenizer.hasText("---"));
  }
}
