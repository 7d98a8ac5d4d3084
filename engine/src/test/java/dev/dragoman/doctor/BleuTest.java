// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.doctor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dragoman.JsonLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BleuTest {
  private static final Path ROOT = Path.of(System.getProperty("dragoman.root", ".."));

  /** The tolerance of the last digits, as logarithms are added up here in another way. */
  private static final double ROUNDING = 1e-9;

  @Test
  void tokensAreThoseOf13a() {
    assertArrayEquals(
        new String[] {"A", "man", "'s", "1,000.5", "dogs", "(", "2", "-", "3", ")", ",", "ok", "."},
        Bleu.tokens("A man 's 1,000.5 dogs (2-3), ok."));
    assertArrayEquals(new String[] {"\"", "a", "&", "b"}, Bleu.tokens("&quot;a &amp; b"));
    assertArrayEquals(new String[] {"a", "b", "c"}, Bleu.tokens("\u00a0a\u001cb\u3000c\u2028"));
    assertArrayEquals(new String[0], Bleu.tokens(" "));
  }

  /**
   * The numbers are computed by hand: 5, 3, 1 and 0 n-grams of 6, 5, 4 and 3 match; the last counts
   * as half of one.
   */
  @Test
  void aMissingOrderIsSmoothed() {
    double product = 5.0 / 6 * 3 / 5 * 1 / 4 * 0.5 / 3;
    assertEquals(
        100 * Math.pow(product, 0.25),
        Bleu.of(List.of("the cat sat on the mat"), List.of("the cat is on the mat")),
        ROUNDING);
  }

  /** The score is computed by hand: everything matches, and 4 words stand for 5. */
  @Test
  void whatIsTooShortLosesByItsLength() {
    assertEquals(
        100 * Math.exp(1 - 5.0 / 4), Bleu.of(List.of("a b c d"), List.of("a b c d e")), ROUNDING);
  }

  @Test
  void theCountsOfAllLinesAreAddedUp() {
    List<String> texts = List.of("Un.", "A dog is running.", "");
    assertEquals(100, Bleu.of(texts, texts), ROUNDING);
    assertEquals(0, Bleu.of(List.of("A dog."), List.of("A dog.")), "it has no four tokens");
    assertEquals(0, Bleu.of(List.of("a b c d"), List.of("e f g h")), "nothing matches");
    assertEquals(0, Bleu.of(List.of(""), List.of("a b c d")));
  }

  @Test
  void everyTranslationHasOneReference() {
    assertThrows(IllegalArgumentException.class, () -> Bleu.of(List.of("a"), List.of("a", "b")));
  }

  /** The scores of the corpora for which sacreBLEU was run with its defaults. */
  @Test
  void theNumbersAreThoseOfSacreBleu() throws IOException {
    Path file = ROOT.resolve("../shared/golden/sacrebleu.json");
    assumeTrue(Files.exists(file), "skipped: " + file + " is not there");
    JsonNode golden = new ObjectMapper().readTree(file.toFile());
    int compared = 0;
    for (JsonNode score : golden.required("corpus")) {
      String name = score.required("set").asText();
      JsonNode set = golden.required("sets").required(name);
      JsonNode references = set.required("references");
      if (score.required("metric").asText().equals("BLEU")
          && score.required("options").isEmpty()
          && references.size() == 1) {
        double bleu =
            Bleu.of(
                JsonLines.texts(set.required("hypotheses")), JsonLines.texts(references.get(0)));
        assertEquals(score.required("score").asDouble(), bleu, ROUNDING, name);
        compared++;
      }
    }
    assertEquals(5, compared);
  }
}
