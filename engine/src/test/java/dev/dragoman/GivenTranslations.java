// SPDX-License-Identifier: Apache-2.0
package dev.dragoman;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dragoman.model.Model;
import dev.dragoman.text.Tokenizer;
import dev.dragoman.text.Vocabulary;
import dev.dragoman.transformer.ForcedScores;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Translations of which another program tells the log-probabilities. Each is computed once, however
 * often it is told.
 */
final class GivenTranslations {
  /**
   * The tolerance of a sum, of which the other program writes six digits after adding up in another
   * order.
   */
  private static final double SUM_TOLERANCE = 2e-4;

  /** The tolerance of one word, of which the other program writes five decimals. */
  private static final double WORD_TOLERANCE = 5e-5;

  private final Model model;
  private final Tokenizer ofPieces;
  private final Map<Pieces, List<Told>> told = new LinkedHashMap<>();

  /** A translation in the model's pieces, without end tokens. */
  record Pieces(List<String> source, List<String> target) {}

  /**
   * What the other program tells.
   *
   * @param sum of all words
   * @param words of each piece, and of the end token where the translation has ended; empty if only
   *     the sum of an ended translation is told
   */
  record Told(double sum, double[] words) {

    static Told of(JsonNode sum, JsonNode words) {
      return new Told(
          sum.doubleValue(),
          IntStream.range(0, words.size()).mapToDouble(i -> words.get(i).doubleValue()).toArray());
    }
  }

  GivenTranslations(Model model) {
    this.model = model;
    this.ofPieces = model.tokenizer().ofPieces();
  }

  /** Adds a text that the other program cut into these pieces, which has to be ours. */
  void add(String text, Pieces pieces, Told numbers) {
    int[] ids = ofPieces.encode(String.join(" ", pieces.source()));
    assertArrayEquals(ids, model.tokenizer().encode(text), text);
    add(pieces, numbers);
  }

  void add(Pieces pieces, Told numbers) {
    told.computeIfAbsent(pieces, absent -> new ArrayList<>()).add(numbers);
  }

  /** Computes and compares all translations; returns how often one was told. */
  int check() {
    List<ForcedScores.Pair> pairs = told.keySet().stream().map(this::pair).toList();
    Iterator<float[]> scores = ForcedScores.of(model, pairs).iterator();
    int checked = 0;
    for (Map.Entry<Pieces, List<Told>> one : told.entrySet()) {
      float[] actual = scores.next();
      one.getValue().forEach(numbers -> check(numbers, actual, one.getKey().toString()));
      checked += one.getValue().size();
    }
    return checked;
  }

  private ForcedScores.Pair pair(Pieces pieces) {
    Vocabulary vocabulary = model.tokenizer().targetVocabulary();
    int unknown = model.config().tokens().unknown();
    IntStream target = pieces.target().stream().mapToInt(piece -> vocabulary.id(piece, unknown));
    return new ForcedScores.Pair(
        ofPieces.encode(String.join(" ", pieces.source())),
        IntStream.concat(target, IntStream.of(model.config().tokens().end())).toArray());
  }

  private static void check(Told numbers, float[] actual, String where) {
    int length = numbers.words().length == 0 ? actual.length : numbers.words().length;
    for (int i = 0; i < numbers.words().length; i++) {
      assertEquals(numbers.words()[i], actual[i], WORD_TOLERANCE, where + ", word " + i);
    }
    double sum = IntStream.range(0, length).mapToDouble(i -> actual[i]).sum();
    assertEquals(numbers.sum(), sum, SUM_TOLERANCE, where);
  }
}
