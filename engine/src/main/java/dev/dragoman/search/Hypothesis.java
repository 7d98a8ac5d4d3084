// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.search;

/**
 * A translation as the search found it.
 *
 * @param tokens without the end token
 * @param sum the sum of the log-probabilities of its tokens, the end token's among them
 * @param length the tokens that were scored: with the end token, unless it was cut at the last step
 * @param score sum / lengthᵅ
 * @param attention for each token the weights of the source's tokens; empty where it was not asked
 *     for
 */
public record Hypothesis(int[] tokens, double sum, int length, double score, float[][] attention) {

  /** Makes one without attention. */
  public Hypothesis(int[] tokens, double sum, int length, double score) {
    this(tokens, sum, length, score, new float[0][]);
  }

  /** Returns the same with attention. */
  public Hypothesis withAttention(float[][] weights) {
    return new Hypothesis(tokens, sum, length, score, weights);
  }

  /** Tells whether it ran into the longest length before it had ended. */
  public boolean isCut() {
    return length == tokens.length;
  }
}
