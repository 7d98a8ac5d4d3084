// SPDX-License-Identifier: Apache-2.0
package dev.dragoman;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dragoman.model.shortlist.ShortlistSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Translations of the bundled model equal those of CTranslate2, recorded with the options that made
 * them.
 */
class GoldenTest {
  private static final Path ROOT = Path.of(System.getProperty("dragoman.root", ".."));

  @Test
  @Tag("processor")
  void ownSentences() throws IOException {
    assertEquals(250, check(Path.of("../models/fr-en/golden/own.fr-en.jsonl")));
  }

  @Test
  void allSentences() throws IOException {
    Path golden = ROOT.resolve("../shared/golden/fr-en.jsonl");
    Assumptions.assumeTrue(Files.exists(golden), "skipped: " + golden + " is not there");
    assertEquals(1655, check(golden));
  }

  /** A shortlist changes the scores, and some of the words. */
  @Test
  @Tag("processor")
  void ownSentencesWithAShortlist() throws IOException {
    Path golden = ROOT.resolve("models/fr-en/golden/shortlist");
    ShortlistSource words = ShortlistSource.in(golden.resolve("vmap.txt"));
    assertEquals(
        100,
        GoldenFile.check(
            golden.resolve("own.fr-en.jsonl"),
            options -> options.withDevice("cpu").withShortlist(words)));
  }

  private static int check(Path golden) throws IOException {
    return GoldenFile.check(golden, options -> options.withDevice("cpu"));
  }
}
