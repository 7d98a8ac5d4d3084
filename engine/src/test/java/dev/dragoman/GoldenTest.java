package dev.dragoman;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
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
  void ownSentences() throws IOException {
    assertEquals(250, check(Path.of("../models/fr-en/golden/own.fr-en.jsonl")));
  }

  /** Every fifth record: each of the 331 sentences once, and each of the five settings 66 times. */
  @Test
  void everySentence() throws IOException {
    List<String> golden = Files.readAllLines(shared());
    List<String> fifth =
        IntStream.iterate(0, i -> i < golden.size(), i -> i + 5).mapToObj(golden::get).toList();
    assertEquals(331, GoldenFile.check(fifth, options -> options.withDevice("cpu")));
  }

  @Test
  @Tag("slow")
  void everySentenceInEverySetting() throws IOException {
    assertEquals(1655, check(shared()));
  }

  private static Path shared() {
    Path golden = ROOT.resolve("../shared/golden/fr-en.jsonl");
    Assumptions.assumeTrue(Files.exists(golden), "skipped: " + golden + " is not there");
    return golden;
  }

  /** Words are chosen from a shortlist, so that scores are others, and some words, too. */
  @Test
  void ownSentencesWithAShortlist() throws IOException {
    Path golden = ROOT.resolve("models/fr-en/golden/shortlist");
    TranslationOptions.Shortlist words =
        TranslationOptions.Shortlist.in(golden.resolve("vmap.txt"));
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
