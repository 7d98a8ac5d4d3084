// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.benchmark.SentenceLengths.Pair;
import dev.dragoman.model.formats.Models;
import dev.dragoman.text.SentencePiece;
import dev.dragoman.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.math3.stat.inference.TestUtils;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class SentenceLengthsTest {
  private static final Path ROOT = Path.of(System.getProperty("dragoman.root", ".."));
  private static final SentenceLengths MEASURED = SentenceLengths.measured();

  @Test
  void theTableHasTheMeansThatItStates() {
    assertEquals(201, MEASURED.pairs().size());
    assertEquals(17.74, MEASURED.pairs().stream().mapToInt(Pair::source).average().orElse(0), 0.1);
    assertEquals(15.54, MEASURED.meanTarget(), 0.1);
  }

  @Test
  void theTableIsDistributedAsTheTextsAre() throws IOException {
    Path data = ROOT.resolve("../shared/data");
    Assumptions.assumeTrue(Files.isDirectory(data), "skipped: no ../shared/data with Multi30k");
    Tokenizer source = Models.open(ROOT.resolve("models/fr-en")).tokenizer();
    SentencePiece target =
        new SentencePiece(Files.readAllBytes(ROOT.resolve("models/fr-en/target.spm")));
    List<String> french = Files.readAllLines(data.resolve("multi30k.test2016.fr"));
    List<String> english = Files.readAllLines(data.resolve("multi30k.test2016.en"));
    same(french.stream().mapToDouble(line -> source.encode(line).length), Pair::source);
    same(english.stream().mapToDouble(line -> target.pieces(line).size() + 1), Pair::target);
  }

  /** Asserts that the test of Kolmogorov and Smirnov does not object. */
  private static void same(
      java.util.stream.DoubleStream text, java.util.function.ToDoubleFunction<Pair> length) {
    double p =
        TestUtils.kolmogorovSmirnovTest(
            text.toArray(), MEASURED.pairs().stream().mapToDouble(length).toArray());
    assertTrue(p > 0.05, "p = " + p);
  }

  @Test
  void scalingMovesTheMeanAndKeepsOrder() {
    SentenceLengths scaled = MEASURED.scaledTo(25);
    assertEquals(25, scaled.meanTarget(), 0.1);
    assertTrue(scaled.pairs().stream().allMatch(pair -> pair.source() > 0 && pair.target() > 0));
    assertEquals(1, MEASURED.scaledTo(0.1).pairs().get(0).target());
  }

  @Test
  void drawsEachPairAsOftenAsTheOthersAndTheSameOnesAgain() {
    List<Pair> drawn = MEASURED.draw(402, 1);
    assertEquals(MEASURED.meanTarget(), drawn.stream().mapToInt(Pair::target).average().orElse(0));
    assertEquals(drawn, MEASURED.draw(402, 1));
    assertNotEquals(drawn, MEASURED.draw(402, 2));
    assertEquals(5, MEASURED.draw(5, 1).size());
  }
}
