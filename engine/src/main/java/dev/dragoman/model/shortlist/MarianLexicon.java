// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.shortlist;

import dev.dragoman.model.ModelFormatException;
import dev.dragoman.text.Tokenizer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a lexical shortlist of Marian's in text, {@code lex.s2t}: in each line a target word, a
 * source word and a probability. Each source word brings its most probable target words into a
 * shortlist; the first words of the vocabulary, which are the most frequent ones, are in every
 * shortlist, and the source's own words are where both languages share a vocabulary. Words that the
 * model does not know and {@code NULL} are passed over; of two lines for the same words the later
 * one counts.
 *
 * @see <a href="https://marian-nmt.github.io/docs/cmd/marian-decoder/">marian-decoder</a>
 */
final class MarianLexicon {
  private static final int FIELDS = 3;
  private static final String NOTHING = "NULL";

  private final ShortlistBytes file;
  private final ShortlistWords words;
  private final Map<Integer, Map<Integer, Double>> probabilities = new HashMap<>();
  private int lines;

  private MarianLexicon(ShortlistBytes file, ShortlistWords words) {
    this.file = file;
    this.words = words;
  }

  /**
   * Reads it.
   *
   * @throws ModelFormatException if it is broken, or of another model
   */
  static Shortlist read(ShortlistBytes file, ShortlistWords words) {
    MarianLexicon lexicon = new MarianLexicon(file, words);
    file.forLines(lexicon::line);
    return lexicon.shortlist();
  }

  /** Returns whether this could be a line of such a file. */
  static boolean isLine(String line) {
    String[] fields = line.strip().split("\\s+");
    return fields.length == FIELDS && Double.isFinite(number(fields[2]));
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return Double.NaN; // which is no probability
    }
  }

  private void line(String line, int number) {
    if (!isLine(line)) {
      throw file.wrong(number, "not a target word, a source word and a probability");
    }
    lines++;
    String[] fields = line.strip().split("\\s+");
    int target = words.target().id(fields[0], -1);
    int source = words.source().id(fields[1], -1);
    boolean none = fields[0].equals(NOTHING) || fields[1].equals(NOTHING);
    if (!none && target >= 0 && source >= 0) {
      probabilities
          .computeIfAbsent(source, first -> new HashMap<>())
          .put(target, number(fields[2]));
    }
  }

  private Shortlist shortlist() {
    if (probabilities.isEmpty()) {
      throw file.wrong(
          "none of its %d lines has words of this model: is it another model's?".formatted(lines));
    }
    Map<List<Integer>, int[]> ofWords = new HashMap<>();
    probabilities.forEach((source, targets) -> ofWords.put(List.of(source), best(targets)));
    return of(words, file.limits().first(), ofWords);
  }

  private int[] best(Map<Integer, Double> targets) {
    List<Map.Entry<Integer, Double>> sorted = new ArrayList<>(targets.entrySet());
    sorted.sort(
        Map.Entry.<Integer, Double>comparingByValue()
            .thenComparing(Map.Entry.comparingByKey())
            .reversed());
    return sorted.stream()
        .filter(entry -> entry.getValue() > file.limits().threshold())
        .limit(file.limits().best())
        .map(Map.Entry::getKey)
        .sorted(Comparator.naturalOrder())
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /**
   * Makes a shortlist as Marian does: the first words are always in it, and the source's where
   * vocabularies are shared.
   */
  static Shortlist of(ShortlistWords words, int first, Map<List<Integer>, int[]> ofWords) {
    BitSet always = words.needed();
    always.set(0, Math.min(first, words.target().size()));
    boolean shared = words.source().ids().equals(words.target().ids());
    return new Shortlist(
        always,
        List.of(ofWords),
        shared ? Shortlist.SourceWords.INCLUDED : Shortlist.SourceWords.NOT_INCLUDED,
        source -> new Tokenizer.Span(0, source.length));
  }
}
