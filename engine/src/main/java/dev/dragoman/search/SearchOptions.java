// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.search;

/**
 * Says how to search for translations. Immutable; {@link #defaults} and the {@code with} methods
 * make others.
 *
 * @param beamSize k, from 1 (greedy) to {@link #MOST_BEAMS}
 * @param lengthPenalty α, from 0 to {@link #MOST_LENGTH_PENALTY}: scores are divided by lengthᵅ
 * @param patience p, above 0 and up to {@link #MOST_PATIENCE}: a sentence is finished when
 *     round(k·p) hypotheses have ended
 * @param nBest hypotheses returned for each sentence, at most the beam size
 * @param minLength tokens before which no hypothesis ends
 * @param maxLength tokens at which every hypothesis is cut, its end token counted, from 1 to {@link
 *     #MOST_LENGTH}
 */
public record SearchOptions(
    int beamSize, double lengthPenalty, double patience, int nBest, int minLength, int maxLength) {

  /** The largest {@link #beamSize}. */
  public static final int MOST_BEAMS = 64;

  /** The largest {@link #lengthPenalty}. */
  public static final int MOST_LENGTH_PENALTY = 10;

  /** The largest {@link #patience}. */
  public static final int MOST_PATIENCE = 10;

  /** The largest {@link #maxLength}. */
  public static final int MOST_LENGTH = 1_000_000;

  /**
   * Refuses what no model can do.
   *
   * @throws IllegalArgumentException naming the setting
   */
  public SearchOptions {
    require(1 <= beamSize && beamSize <= MOST_BEAMS, "the beam size is 1 to " + MOST_BEAMS);
    require(
        0 <= lengthPenalty && lengthPenalty <= MOST_LENGTH_PENALTY,
        "the length penalty is 0 to " + MOST_LENGTH_PENALTY);
    require(
        0 < patience && patience <= MOST_PATIENCE,
        "the patience is more than 0 and at most " + MOST_PATIENCE);
    require(nBest >= 1, "the number of hypotheses is 1 or more");
    require(minLength >= 0, "the minimal length is 0 or more");
    require(
        1 <= maxLength && maxLength <= MOST_LENGTH, "the maximal length is 1 to " + MOST_LENGTH);
  }

  private static void require(boolean holds, String rule) {
    if (!holds) {
      throw new IllegalArgumentException(rule);
    }
  }

  /** Takes beam 4 and the best hypothesis of each sentence, of 1 to 256 tokens. */
  public static SearchOptions defaults() {
    return new SearchOptions(4, 1.0, 1.0, 1, 1, 256);
  }

  /** Returns the same but for {@link #beamSize}. */
  public SearchOptions withBeamSize(int size) {
    return new SearchOptions(size, lengthPenalty, patience, nBest, minLength, maxLength);
  }

  /** Returns the same but for {@link #lengthPenalty}. */
  public SearchOptions withLengthPenalty(double penalty) {
    return new SearchOptions(beamSize, penalty, patience, nBest, minLength, maxLength);
  }

  /** Returns the same but for {@link #patience}. */
  public SearchOptions withPatience(double factor) {
    return new SearchOptions(beamSize, lengthPenalty, factor, nBest, minLength, maxLength);
  }

  /** Returns the same but for {@link #nBest}. */
  public SearchOptions withNBest(int count) {
    return new SearchOptions(beamSize, lengthPenalty, patience, count, minLength, maxLength);
  }

  /** Returns the same but for {@link #minLength}. */
  public SearchOptions withMinLength(int tokens) {
    return new SearchOptions(beamSize, lengthPenalty, patience, nBest, tokens, maxLength);
  }

  /** Returns the same but for {@link #maxLength}. */
  public SearchOptions withMaxLength(int tokens) {
    return new SearchOptions(beamSize, lengthPenalty, patience, nBest, minLength, tokens);
  }
}
