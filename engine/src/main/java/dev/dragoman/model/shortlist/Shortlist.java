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
 * Which target words are likely for the words of a source: a lexical shortlist. A sentence's list
 * depends on that sentence alone. Immutable.
 */
public final class Shortlist {
  private final BitSet always;
  private final List<Map<List<Integer>, int[]>> ofSequences;
  private final SourceWords sourceWords;
  private final Function<int[], Tokenizer.Span> lookedUp;

  /** Whether a source's own words are candidates. */
  enum SourceWords {
    /** Where the two languages share a vocabulary, as names stay what they are. */
    CANDIDATES,
    /** Only what the lists say. */
    NO_CANDIDATES
  }

  /**
   * Takes copies.
   *
   * @param ofSequences at n - 1 the candidates of n source words that follow each other
   * @param lookedUp which of a source's ids are looked up
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
   * The words that the translation of a source may have, rising, each once. The end token and the
   * one with which every translation begins are among them.
   *
   * @param source token ids
   */
  public int[] candidates(int[] source) {
    BitSet candidates = (BitSet) always.clone();
    Tokenizer.Span span = lookedUp.apply(source);
    int end = span.first() + span.count();
    for (int from = span.first(); from < end; from++) {
      if (sourceWords == SourceWords.CANDIDATES) {
        candidates.set(source[from]);
      }
      List<Integer> sequence = new ArrayList<>(ofSequences.size());
      for (int n = 0; n < ofSequences.size() && from + n < end; n++) {
        sequence.add(source[from + n]);
        int[] words = ofSequences.get(n).get(sequence);
        if (words != null) {
          for (int word : words) {
            candidates.set(word);
          }
        }
      }
    }
    return candidates.stream().toArray();
  }

  /** For people: {@code 5,042 source words and 117 longer sequences, 103 words always}. */
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
