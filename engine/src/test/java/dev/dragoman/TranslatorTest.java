// SPDX-License-Identifier: Apache-2.0
package dev.dragoman;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.model.Model;
import dev.dragoman.pipeline.AttentionWeights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines of all kinds, from several threads. */
@Timeout(Hang.SECONDS)
class TranslatorTest {
  private static final Model LETTERS = TestModels.letters();
  private static final TranslationOptions OPTIONS = TestModels.options();

  @Test
  void eightThreadsGetTheSameAsOne() throws Exception {
    List<String> lines = TestModels.words(60);
    try (Translator translator = Translator.load(LETTERS, OPTIONS.withWorkers(2).withSlots(3))) {
      Map<String, Translation> expected = new HashMap<>();
      for (String line : lines) {
        expected.put(line, translator.translate(line));
      }
      ExecutorService threads = Executors.newFixedThreadPool(8);
      try {
        List<Callable<Void>> calls =
            IntStream.range(0, 8)
                .<Callable<Void>>mapToObj(i -> call(translator, expected, i))
                .toList();
        for (Future<Void> done : threads.invokeAll(calls)) {
          done.get();
        }
      } finally {
        threads.shutdownNow();
      }
    }
  }

  /** Returns a call that translates line by line, as a list, or as a stream. */
  private static Callable<Void> call(
      Translator translator, Map<String, Translation> expected, int thread) {
    return () -> {
      List<String> lines = new ArrayList<>(expected.keySet());
      Collections.shuffle(lines, new Random(thread));
      List<Translation> translations =
          switch (thread % 3) {
            case 0 -> lines.stream().map(translator::translate).toList();
            case 1 -> translator.translate(lines);
            default -> translator.translate(lines.stream()).toList();
          };
      assertEquals(lines.stream().map(expected::get).toList(), translations);
      return null;
    };
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void linesWithoutTokensGiveEmptyTranslations(int nBest) {
    try (Translator translator = Translator.load(LETTERS, OPTIONS.withNBest(nBest))) {
      Translation word = translator.translate("abc");
      List<Translation> all = translator.translate(List.of("", "abc", "   ", "\t \u00a0", "abc"));
      var nothing = new Translation.Hypothesis("", 0, List.of());
      for (int i : new int[] {0, 2, 3}) {
        assertEquals(Collections.nCopies(nBest, nothing), all.get(i).hypotheses());
        assertEquals(Optional.empty(), all.get(i).failure());
        assertEquals("", all.get(i).text());
        assertEquals(0, all.get(i).sourceTokens());
      }
      assertEquals(word, all.get(1));
      assertEquals(word, all.get(4));
      assertEquals(nBest, word.hypotheses().size());
    }
  }

  @Test
  void aLineOfExactlyTheLongestLengthIsNotLong() {
    String line = "ab".repeat(TestModels.POSITIONS).substring(0, TestModels.POSITIONS - 1);
    try (Translator translator = Translator.load(LETTERS, OPTIONS.withOnLong(OnLong.FAIL))) {
      Translation translation = translator.translate(line);
      assertEquals(Optional.empty(), translation.failure());
      assertEquals(TestModels.POSITIONS, translation.sourceTokens());
      assertEquals(
          "25 tokens, but the model has 24 positions",
          translator.translate(line + "x").failure().orElseThrow());
      assertEquals(List.of(), translator.translate(line + "x").hypotheses());
      assertEquals("", translator.translate(line + "x").text());
    }
  }

  @Test
  void aLongLineIsSplitTranslatedAndJoined() {
    List<String> parts = List.of("abcdefghij klm.", "Nopq rstuv wxyz.", "Cabbage is a bad idea.");
    try (Translator translator = Translator.load(LETTERS, OPTIONS.withNBest(2))) {
      List<Translation> alone = translator.translate(parts);
      Translation joined = translator.translate(String.join(" ", parts));
      assertTrue(joined.note().orElseThrow().contains("24 positions: split into 3 parts"));
      for (int rank = 0; rank < 2; rank++) {
        int n = rank;
        List<String> texts = alone.stream().map(t -> t.hypotheses().get(n).text()).toList();
        assertEquals(String.join(" ", texts), joined.hypotheses().get(n).text());
      }
      assertEquals(alone.stream().mapToInt(Translation::sourceTokens).sum(), joined.sourceTokens());
      assertEquals(alone.stream().mapToInt(Translation::targetTokens).sum(), joined.targetTokens());
    }
  }

  /** The tokenizer's note of a line is told, whatever else is to be said of it. */
  @Test
  void doubtsAreNoted() {
    String line = ">>" + "ab".repeat(TestModels.POSITIONS);
    String split = "49 tokens, but the model has 24 positions: ";
    try (Translator translator = Translator.load(LETTERS, OPTIONS.withMaxLength(24))) {
      assertTrue(note(translator, ">>ab").startsWith("begins strangely"));
      assertEquals(Optional.empty(), translator.translate("").note());
      String note = note(translator, line);
      assertTrue(note.startsWith(split + "split into 3 parts; begins strangely"), note);
    }
    try (Translator translator = Translator.load(LETTERS, OPTIONS.withOnLong(OnLong.TRUNCATE))) {
      String note = note(translator, line);
      assertTrue(note.startsWith(split + "the rest was cut; begins strangely"), note);
    }
  }

  private static String note(Translator translator, String line) {
    return translator.translate(line).note().orElseThrow();
  }

  @Test
  void attentionIsKeptForEachPartOfALine() {
    List<String> parts = List.of("abcdefghij klm.", "Nopq rstuv wxyz.");
    TranslationOptions keeping = OPTIONS.withAttention(AttentionWeights.KEEP);
    try (Translator translator = Translator.load(LETTERS, keeping.withNBest(2))) {
      for (int rank = 0; rank < 2; rank++) {
        Translation joined = translator.translate(String.join(" ", parts));
        Translation.Hypothesis hypothesis = joined.hypotheses().get(rank);
        assertEquals(2, hypothesis.attention().size());
        int pieces = 0;
        for (int part = 0; part < 2; part++) {
          Translation.Attention attention = hypothesis.attention().get(part);
          String letters = parts.get(part).replaceAll("[^a-z]", "");
          assertEquals(letters, String.join("", attention.source()));
          Translation alone = translator.translate(parts.get(part));
          float[][] weights = alone.hypotheses().get(rank).attention().get(0).weights();
          assertTrue(Arrays.deepEquals(weights, attention.weights()));
          for (float[] row : weights) {
            assertEquals(letters.length(), row.length);
          }
          pieces += weights.length;
        }
        assertEquals(hypothesis.pieces().size(), pieces);
      }
      assertEquals(List.of(), translator.translate("").hypotheses().get(0).attention());
    }
  }

  @Test
  void aPartWithoutTokensIsLeftOut() {
    String line = "abcdefghijklmno\u2029!?\u2029pqrstuvwxyzabc";
    try (Translator translator = Translator.load(LETTERS, OPTIONS)) {
      Translation joined = translator.translate(line);
      assertEquals(Optional.empty(), joined.failure());
      assertTrue(joined.note().orElseThrow().contains("split into 2 parts"));
      String expected =
          translator.translate("abcdefghijklmno").text()
              + " "
              + translator.translate("pqrstuvwxyzabc").text();
      assertEquals(expected, joined.text());
    }
  }

  @Test
  void aLongLineIsTruncatedToItsBeginning() {
    String line = "abcdefghijklmnopqrstuvwxyz".repeat(3);
    try (Translator translator = Translator.load(LETTERS, OPTIONS.withOnLong(OnLong.TRUNCATE))) {
      Translation cut = translator.translate(line);
      Translation beginning = translator.translate(line.substring(0, TestModels.POSITIONS - 1));
      assertTrue(
          cut.note().orElseThrow().contains("79 tokens, but the model has 24 positions: the rest"));
      assertEquals(beginning.hypotheses(), cut.hypotheses());
      assertEquals(TestModels.POSITIONS, cut.sourceTokens());
    }
  }

  @ParameterizedTest
  @CsvSource({"1,1,4", "4,1,4", "1,6,9", "4,6,9", "4,9,9", "4,0,1", "4,1,100"})
  void lengthsStayWithinTheirLimits(int beamSize, int minLength, int maxLength) {
    TranslationOptions options =
        OPTIONS
            .withBeamSize(beamSize)
            .withNBest(beamSize)
            .withMinLength(minLength)
            .withMaxLength(maxLength);
    try (Translator translator = Translator.load(LETTERS, options)) {
      for (Translation translation : translator.translate(TestModels.words(20))) {
        int most = Math.min(maxLength, TestModels.POSITIONS);
        for (Translation.Hypothesis hypothesis : translation.hypotheses()) {
          int length = hypothesis.pieces().size();
          assertTrue(minLength <= length && length <= most, hypothesis.toString());
        }
        boolean cut = translation.hypotheses().get(0).pieces().size() == most;
        assertEquals(
            cut ? Optional.of("the translation was cut at " + most + " tokens") : Optional.empty(),
            translation.note());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1,4", "0.25,1", "0.5,2", "0.6,2", "2,4"})
  void patienceSaysHowManyHypothesesThereAre(double patience, int expected) {
    TranslationOptions options = OPTIONS.withPatience(patience).withNBest(4);
    try (Translator translator = Translator.load(LETTERS, options)) {
      for (Translation translation : translator.translate(TestModels.words(20))) {
        int count = translation.hypotheses().size();
        // One step may register several, so there may be more, but no more than were asked for.
        assertTrue(expected <= count && count <= 4, count + " hypotheses");
        List<Double> scores =
            translation.hypotheses().stream().map(Translation.Hypothesis::score).toList();
        List<Double> sorted = new ArrayList<>(scores);
        sorted.sort(Collections.reverseOrder());
        assertEquals(sorted, scores, "best first");
      }
    }
  }

  @Test
  void morePatienceNeverFindsWorse() {
    List<String> lines = TestModels.words(30);
    try (Translator hasty = Translator.load(LETTERS, OPTIONS.withPatience(0.5));
        Translator patient = Translator.load(LETTERS, OPTIONS.withPatience(3))) {
      for (String line : lines) {
        double first = hasty.translate(line).hypotheses().get(0).score();
        double best = patient.translate(line).hypotheses().get(0).score();
        assertTrue(best >= first, line + ": " + best + " and " + first);
      }
    }
  }

  @Test
  void aClosedTranslatorSaysSo() {
    Translator translator = Translator.load(LETTERS, OPTIONS);
    translator.close();
    translator.close();
    var problem = assertThrows(IllegalStateException.class, () -> translator.translate("abc"));
    assertEquals("the translator was closed", problem.getMessage());
  }

  @Test
  void impossibleOptionsAreRefusedInOneLine() {
    List<Runnable> impossible =
        List.of(
            () -> OPTIONS.withBeamSize(0),
            () -> OPTIONS.withBeamSize(65),
            () -> OPTIONS.withLengthPenalty(Double.NaN),
            () -> OPTIONS.withLengthPenalty(-1),
            () -> OPTIONS.withPatience(0),
            () -> OPTIONS.withNBest(0),
            () -> OPTIONS.withMaxLength(0),
            () -> OPTIONS.withMinLength(-1),
            () -> OPTIONS.withWorkers(-1),
            () -> OPTIONS.withSlots(-1),
            () -> Translator.load(LETTERS, OPTIONS.withNBest(5)));
    for (Runnable option : impossible) {
      var problem = assertThrows(IllegalArgumentException.class, option::run);
      assertEquals(1, problem.getMessage().lines().count());
    }
  }
}
