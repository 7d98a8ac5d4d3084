// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

/**
 * The best words of one row and the softmax's denominator over all of its words, which come in one
 * part after the other (Milakov and Gimelshein, "Online normalizer calculation for softmax", 2018).
 */
final class RowCandidates {
  private final Best best;
  private int[] words;
  private int firstWord;
  private float max;
  private double sum;

  /** Keeps so many words. */
  RowCandidates(int words) {
    best = new Best(words);
  }

  /** Begins anew, with the whole vocabulary. */
  void begin() {
    begin(null, 0);
  }

  /** Begins anew, with words that stand in an array from {@code first} on. */
  void begin(int[] shortlist, int first) {
    words = shortlist;
    firstWord = first;
    best.clear();
    max = 0;
    sum = 0;
  }

  /**
   * Looks at a part of the words.
   *
   * @param first the index of the first of them
   */
  void offer(VectorMath math, float[] logits, int count, int first) {
    boolean empty = best.size() == 0;
    math.best(logits, count, first, best);
    if (best.size() > 0) { // else none but -infinity or NaN so far, which any maximum will do for
      float highest = best.value(0);
      sum = empty ? sum : sum * Math.exp(max - highest);
      max = highest;
    }
    sum += math.sumExp(logits, count, max);
  }

  /** Returns how many words have been found. */
  int size() {
    return best.size();
  }

  /** Returns the word of a rank; the best word has rank 0. */
  int word(int rank) {
    return words == null ? best.index(rank) : words[firstWord + best.index(rank)];
  }

  float logit(int rank) {
    return best.value(rank);
  }

  /** Returns log Σ exp over all words, which is not finite where a logit is not. */
  float logSum() {
    return best.size() == 0 ? Float.NaN : (float) (max + Math.log(sum));
  }
}
