// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SentenceSplitterTest {

  /** One token for each character and the end token; a leading "#" is a prefix. */
  private static final Tokenizer CHARACTERS =
      new Tokenizer() {
        @Override
        public int[] encode(String text) {
          String tag = prefix(text);
          int count = text.strip().codePointCount(0, text.strip().length());
          return new int[count == tag.length() ? 0 : count + 1];
        }

        @Override
        public String prefix(String text) {
          return text.startsWith("#") ? "#" : "";
        }

        @Override
        public List<String> pieces(int[] ids) {
          throw new UnsupportedOperationException();
        }

        @Override
        public String decode(int[] ids) {
          throw new UnsupportedOperationException();
        }
      };

  private static List<String> split(String text, int maxTokens) {
    return SentenceSplitter.split(text, maxTokens, CHARACTERS);
  }

  @Test
  void shortTextStaysAsItIs() {
    assertEquals(List.of(" A b. C d. "), split(" A b. C d. ", 10));
    assertEquals(List.of(""), split("", 10));
  }

  @Test
  void splitsAtSentencesFirst() {
    assertEquals(List.of("A b c d.", "E f g?", "Hi!"), split("A b c d. E f g? Hi!", 10));
  }

  @Test
  void splitsLongSentencesAtWords() {
    assertEquals(List.of("aaaa bbb", "cccc dd"), split("aaaa bbb cccc dd", 9));
  }

  @Test
  void splitsLongWordsBetweenCharacters() {
    String word = "a" + "𝒜".repeat(50); // letters, between which no line may break
    List<String> parts = split(word, 8);
    assertEquals(word, String.join("", parts));
    parts.forEach(part -> assertFalse(Character.isLowSurrogate(part.charAt(0)), part));
    parts.forEach(part -> assertTrue(CHARACTERS.encode(part).length <= 8, part));
  }

  @Test
  void everyPartHasThePrefix() {
    assertEquals(List.of("#A b c.", "#D e f."), split("#A b c. D e f.", 9));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "ab ", "Un mot. ", "漢", "ภาษาไทย", "😀", "a\u0301", "."})
  void aMillionCharactersAreSplitWithoutLoss(String unit) {
    String text = unit.repeat(1_000_000 / unit.length());
    List<String> parts = split(text, 100);
    assertEquals(text.replace(" ", ""), String.join("", parts).replace(" ", ""));
    parts.forEach(part -> assertTrue(CHARACTERS.encode(part).length <= 100, part));
  }
}
