// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.shortlist;

import dev.dragoman.text.Tokenizer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * A lexical shortlist: which target words are likely for the words of a source. The words of a
 * sentence depend on that sentence alone. Immutable.
 */
public final class Shortlist {
  private final BitSet always;
  private final List<Map<List<Integer>, int[]>> ofSequences;
  private final SourceWords sourceWords;
  private final Function<int[], Tokenizer.Span> lookedUp;

  /** Whether a source's own words are in its shortlist. */
  enum SourceWords {
    /** They are where the two languages share a vocabulary, as names stay what they are. */
    INCLUDED,
    /** They are only where the file says so. */
    NOT_INCLUDED
  }

  /**
   * Takes copies.
   *
   * @param always the words that are in every shortlist
   * @param ofSequences at n - 1 the words that n source words bring which follow each other
   * @param lookedUp says which of a source's ids are looked up
   */
  Shortlist(
      BitSet always,
      List<Map<List<Integer>, int[]>> ofSequences,
      SourceWords sourceWords,
      Function<int[], Tokenizer.Span> lookedUp) {
    this.always = (BitSet) always.clone();
    this.ofSequences = new ArrayList<>();
    ofSequences.forEach(map -> this.ofSequences.add(new HashMap<>(map)));
    this.sourceWords = sourceWords;
    this.lookedUp = lookedUp;
  }

  /**
   * Returns the words that the translation of a source may have, rising, each once. The end token
   * and the one with which every translation begins are among them.
   *
   * @param source token ids
   */
  public int[] words(int[] source) {
    BitSet words = (BitSet) always.clone();
    Tokenizer.Span span = lookedUp.apply(source);
    int end = span.first() + span.count();
    for (int from = span.first(); from < end; from++) {
      if (sourceWords == SourceWords.INCLUDED) {
        words.set(source[from]);
      }
      List<Integer> sequence = new ArrayList<>(ofSequences.size());
      for (int n = 0; n < ofSequences.size() && from + n < end; n++) {
        sequence.add(source[from + n]);
        int[] brought = ofSequences.get(n).get(sequence);
        if (brought != null) {
          for (int word : brought) {
            words.set(word);
          }
        }
      }
    }
    return words.stream().toArray();
  }

  /** Describes it: {@code 5,042 source words and 117 sequences, 103 words always}. */
  public String description() {
    int longer = ofSequences.stream().skip(1).mapToInt(Map::size).sum();
    return String.format(
        Locale.ROOT,
        "%,d source words%s, %,d words always",
        ofSequences.isEmpty() ? 0 : ofSequences.get(0).size(),
        longer == 0 ? "" : String.format(Locale.ROOT, " and %,d sequences", longer),
        always.cardinality());
  }
}
