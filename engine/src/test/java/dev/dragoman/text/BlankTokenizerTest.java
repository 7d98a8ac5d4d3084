// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BlankTokenizerTest {
  private static final int END = 0;
  private static final int UNKNOWN = 1;
  private static final Vocabulary WORDS =
      new Vocabulary(Map.of("</s>", END, "<unk>", UNKNOWN, "▁a-b", 2, "c.", 3, "d", 4), 5);
  private static final BlankTokenizer TOKENIZER =
      new BlankTokenizer(
          new SourceTokens(WORDS, List.of(), List.of(END), UNKNOWN), WORDS, Set.of("</s>"));

  private static final Vocabulary TAGS =
      new Vocabulary(Map.of("</s>", END, "<unk>", UNKNOWN, ">>x<<", 2, "d", 3), 4);
  private static final BlankTokenizer TAGGED =
      new BlankTokenizer(
          new SourceTokens(TAGS, List.of(), List.of(END), UNKNOWN), TAGS, Set.of("</s>"));

  @Test
  void tokensStandBetweenBlanks() {
    int[] ids = TOKENIZER.encode("  ▁a-b c.  x");
    assertArrayEquals(new int[] {2, 3, UNKNOWN, END}, ids);
    assertEquals(new Tokenizer.Span(0, 3), TOKENIZER.text(ids));
    assertEquals(List.of("▁a-b", "c.", "<unk>", "</s>"), TOKENIZER.sourcePieces(ids));
    assertEquals("▁a-b c. d", TOKENIZER.decode(new int[] {2, 3, 4}));
    assertArrayEquals(new int[0], TOKENIZER.encode(" </s> "));
  }

  /** A left-to-right mark is a word of a model that transliterates, and its only sign of itself. */
  @Test
  void tokensThatNobodySeesAreTokens() {
    assertTrue(TOKENIZER.hasText("\u200E \u200E"));
    assertArrayEquals(new int[] {UNKNOWN, UNKNOWN, END}, TOKENIZER.encode("\u200E \u200E"));
  }

  /** A line may break after a hyphen or a full stop, but a token may not. */
  @Test
  void longTextsAreSplitBetweenTokensOnly() {
    assertEquals(List.of("▁a-b c.", "d ▁a-b", "d"), TOKENIZER.split("▁a-b c. d ▁a-b d", 3));
    assertEquals(List.of("d", "d"), TOKENIZER.split("d d", 1));
  }

  @Test
  void eachPartBeginsWithTheTag() {
    assertEquals(List.of(">>x<< d d", ">>x<< d"), TAGGED.split(" >>x<< d d d", 4));
    assertEquals(List.of("d d d", ">>x<<"), TAGGED.split("d d d >>x<<", 4));
    assertEquals(List.of("d d d"), TAGGED.split("d d d", 4));
    assertEquals(List.of(">>x<<d"), TAGGED.split(">>x<<d", 4)); // one token, no tag
    assertEquals("", TAGGED.prefix("\t>>x<< d"));
  }

  @Test
  void anUnknownTagIsNoticed() {
    int[] ids = TAGGED.encode(">>y<< d d d");
    assertArrayEquals(new int[] {UNKNOWN, 3, 3, 3, END}, ids);
    assertEquals(
        "begins with >>y<<, an unknown token: the language tags of the model are >>x<<",
        TAGGED.doubt(">>y<< d d d", ids).orElseThrow());
  }

  private static Optional<String> doubt(String text) {
    return TOKENIZER.doubt(text, TOKENIZER.encode(text));
  }

  @Test
  void textThatWasNotCutIsNoticed() {
    assertEquals(Optional.empty(), doubt("d x"));
    assertEquals(
        "2 of 3 tokens are unknown to the model: it takes tokens with blanks between them, not"
            + " plain text",
        doubt("d Hello World").orElseThrow());
  }
}
