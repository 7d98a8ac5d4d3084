// SPDX-License-Identifier: Apache-2.0
package dev.dragoman;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.model.Model;
import dev.dragoman.model.formats.Models;
import dev.dragoman.model.shortlist.ShortlistSource;
import dev.dragoman.model.shortlist.Shortlists;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A line's translation with a shortlist still depends on that line alone: other programs choose
 * from the words of everything that stands in the batch.
 */
@Tag("processor")
class ShortlistTranslationTest {
  private static final Path MODEL =
      Path.of(System.getProperty("dragoman.root", ".."), "models/fr-en");
  private static final ShortlistSource WORDS =
      ShortlistSource.in(MODEL.resolve("golden/shortlist/vmap.txt"));

  private static List<String> lines() throws IOException {
    return Files.readAllLines(MODEL.resolve("golden/own.fr.txt"));
  }

  private static List<Translation> translate(List<String> lines, TranslationOptions options) {
    try (Translator translator = Translator.load(MODEL, options)) {
      return translator.translate(lines);
    }
  }

  /** Slots, workers and the order of lines change nothing, not even the last bit of a score. */
  @ParameterizedTest
  @CsvSource({"1, FLOAT32", "4, FLOAT32", "4, AUTO"})
  void aLineGetsTheSameWhateverStandsBesideIt(int beamSize, Precision precision)
      throws IOException {
    TranslationOptions options =
        TranslationOptions.defaults()
            .withDevice("cpu")
            .withPrecision(precision)
            .withBeamSize(beamSize)
            .withNBest(beamSize)
            .withShortlist(WORDS);
    List<String> lines = lines();
    List<Translation> alone = translate(lines, options.withWorkers(1).withSlots(1));
    List<Integer> order = new ArrayList<>(IntStream.range(0, lines.size()).boxed().toList());
    Collections.shuffle(order, new Random(7));
    List<String> shuffled = order.stream().map(lines::get).toList();
    List<Translation> together = translate(shuffled, options.withWorkers(2).withSlots(13));
    for (int i = 0; i < order.size(); i++) {
      assertEquals(alone.get(order.get(i)), together.get(i));
    }
  }

  @Test
  void noWordOutsideOfTheShortlistIsTaken() throws IOException {
    Model model = Models.open(MODEL);
    var shortlist = Shortlists.open(model, WORDS).orElseThrow();
    TranslationOptions options =
        TranslationOptions.defaults().withDevice("cpu").withNBest(4).withMinLength(12);
    List<Translation> shortlisted = translate(lines(), options.withShortlist(WORDS));
    for (int i = 0; i < shortlisted.size(); i++) {
      int[] words = shortlist.words(model.tokenizer().encode(lines().get(i)));
      List<String> pieces = model.tokenizer().pieces(words);
      for (Translation.Hypothesis hypothesis : shortlisted.get(i).hypotheses()) {
        assertTrue(pieces.containsAll(hypothesis.pieces()), hypothesis.toString());
      }
    }
    List<Translation> free = translate(lines().subList(0, 1), options);
    assertNotEquals(free.get(0).hypotheses(), shortlisted.get(0).hypotheses());
  }

  @Test
  void aShortlistOfAllWordsChangesNothing(@TempDir Path directory) throws IOException {
    Model model = Models.open(MODEL);
    int[] all = IntStream.range(0, model.config().sizes().targetVocabulary()).toArray();
    List<String> pieces = model.tokenizer().pieces(all);
    Path file = directory.resolve("vmap.txt");
    Files.writeString(file, "\t" + String.join(" ", pieces) + "\n");
    TranslationOptions options =
        TranslationOptions.defaults()
            .withDevice("cpu")
            .withPrecision(Precision.FLOAT32)
            .withNBest(4);
    List<Translation> free = translate(lines(), options);
    List<Translation> shortlisted =
        translate(lines(), options.withShortlist(ShortlistSource.in(file)));
    for (int i = 0; i < free.size(); i++) {
      for (int rank = 0; rank < 4; rank++) {
        Translation.Hypothesis wanted = free.get(i).hypotheses().get(rank);
        Translation.Hypothesis actual = shortlisted.get(i).hypotheses().get(rank);
        assertEquals(wanted.pieces(), actual.pieces());
        assertEquals(wanted.score(), actual.score(), 1e-5);
      }
    }
  }
}
