package dev.dragoman.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

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

  @Test
  void tokensStandBetweenBlanks() {
    int[] ids = TOKENIZER.encode("  ▁a-b c.  x");
    assertArrayEquals(new int[] {2, 3, UNKNOWN, END}, ids);
    assertEquals(new Tokenizer.Span(0, 3), TOKENIZER.text(ids));
    assertEquals(List.of("▁a-b", "c.", "<unk>", "</s>"), TOKENIZER.sourcePieces(ids));
    assertEquals("▁a-b c. d", TOKENIZER.decode(new int[] {2, 3, 4}));
    assertArrayEquals(new int[0], TOKENIZER.encode(" </s> "));
  }

  /** A line may break after a hyphen or a full stop, but a token may not. */
  @Test
  void longTextsAreSplitBetweenTokensOnly() {
    assertEquals(List.of("▁a-b c.", "d ▁a-b", "d"), TOKENIZER.split("▁a-b c. d ▁a-b d", 3));
    assertEquals(List.of("d", "d"), TOKENIZER.split("d d", 1));
  }

  @Test
  void textThatWasNotCutIsNoticed() {
    assertEquals(Optional.empty(), TOKENIZER.doubt(TOKENIZER.encode("d x")));
    assertEquals(
        "2 of 3 tokens are unknown to the model: it takes tokens with blanks between them, not"
            + " plain text",
        TOKENIZER.doubt(TOKENIZER.encode("d Hello World")).orElseThrow());
  }
}
