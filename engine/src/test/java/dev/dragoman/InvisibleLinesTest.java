// SPDX-License-Identifier: Apache-2.0
package dev.dragoman;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.model.Model;
import dev.dragoman.text.Tokenizer;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nothing is translated where nothing can be seen, with a tokenizer that drops no character. */
@Timeout(Hang.SECONDS)
class InvisibleLinesTest {
  /** A soft hyphen, a next line, an embedding, a times sign that is not drawn, and others. */
  private static final List<String> INVISIBLE =
      List.of(
          "\u00ad",
          "\u0085",
          "\u202a",
          "\u202e",
          "\u2061",
          "\u2069",
          "\ufe0f",
          "\udb40\udc01",
          "\u061c",
          "\u3164",
          "\u2800",
          "\u0000",
          "\u0007",
          "\ufeff",
          "\u00ad \u2800\t\u200b");

  private static final Model MODEL =
      new Model(
          TestModels.letters().config(), TestModels.letters().weights(), new EveryCharacter());

  @Test
  void linesWithoutAnythingToSeeStayEmpty() {
    try (Translator translator = Translator.load(MODEL, TestModels.options())) {
      assertNotEquals("", translator.translate(".").text());

      List<Translation> all = translator.translate(INVISIBLE);

      assertEquals(all, translator.translate(INVISIBLE.stream()).toList());
      for (int i = 0; i < all.size(); i++) {
        String line = INVISIBLE.get(i).codePoints().mapToObj(Integer::toHexString).toList() + "";
        assertEquals("", all.get(i).text(), line);
        assertEquals(0, all.get(i).sourceTokens(), line);
        assertEquals(Optional.empty(), all.get(i).failure(), line);
      }
    }
  }

  @Test
  void aTagAloneIsNothingToTranslate() {
    try (Translator translator = Translator.load(MODEL, TestModels.options())) {
      assertEquals("", translator.translate(">>xx<<\u2800\u00ad").text());
      assertNotEquals("", translator.translate(">>xx<<.").text());
    }
  }

  @Test
  void aPartOfALongLineWithoutAnythingToSeeIsLeftOut() {
    String hidden = "\u00ad".repeat(10);
    String line = "a".repeat(20) + "\u2029" + hidden + "\u2029" + "b".repeat(20);
    try (Translator translator = Translator.load(MODEL, TestModels.options())) {
      Translation joined = translator.translate(line);

      assertTrue(joined.note().orElseThrow().contains("split into 2 parts"), joined::toString);
      assertEquals(
          translator.translate("a".repeat(20)).text()
              + " "
              + translator.translate("b".repeat(20)).text(),
          joined.text());
    }
  }

  /** A token for each character, whatever it is, but for a tag such as {@code >>xx<<}. */
  private static final class EveryCharacter implements Tokenizer {
    private static final Pattern TAG = Pattern.compile("^>>\\w+<<");

    @Override
    public int[] encode(String text) {
      IntStream characters = text.codePoints().map(c -> TestModels.id((char) ('a' + c % 26)));
      return IntStream.concat(characters, IntStream.of(0)).toArray();
    }

    @Override
    public String prefix(String text) {
      Matcher tag = TAG.matcher(text);
      return tag.find() ? tag.group() : "";
    }

    @Override
    public Span text(int[] ids) {
      return new Span(0, ids.length - 1);
    }

    @Override
    public List<String> pieces(int[] ids) {
      return IntStream.of(ids).mapToObj(Integer::toString).toList();
    }

    @Override
    public String decode(int[] ids) {
      return String.join(" ", pieces(ids));
    }
  }
}
