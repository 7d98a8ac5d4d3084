// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

/**
 * When a beam search registers a hypothesis and when a sentence is finished. The same rules as
 * CTranslate2's, so that results compare token by token.
 *
 * @param beamSize k, at least 1; 1 is greedy search
 * @param hypotheses a sentence is finished when so many hypotheses are registered:
 *     round(k·patience)
 * @param earlyExit if positive, a sentence is finished instead when the best candidate has ended
 *     once and so many hypotheses are registered; used where scores cannot rise again, with a
 *     length penalty of 0
 * @param minLength before so many tokens the end token cannot be chosen
 * @param maxLength the most tokens of a hypothesis, its end token counted
 * @param endToken EOS
 * @param firstToken if not {@link #NONE}, every hypothesis begins with it, at no cost: where a
 *     model is told the target language that way. It counts in the lengths.
 */
public record SearchRules(
    int beamSize,
    int hypotheses,
    int earlyExit,
    int minLength,
    int maxLength,
    int endToken,
    int firstToken) {

  /** No token. */
  public static final int NONE = -1;

  /** Makes rules without a first token. */
  public SearchRules(
      int beamSize, int hypotheses, int earlyExit, int minLength, int maxLength, int endToken) {
    this(beamSize, hypotheses, earlyExit, minLength, maxLength, endToken, NONE);
  }

  /** Returns whether the token of this step, counted from 0, is given. */
  public boolean isForced(int step) {
    return step == 0 && firstToken != NONE;
  }

  /**
   * Returns the most hypotheses that a slot has to keep: one step may register as many as there are
   * beams.
   */
  public int capacity() {
    return Math.max(hypotheses, earlyExit) - 1 + beamSize;
  }

  /** Returns whether a sentence with so many registered hypotheses is finished. */
  public boolean isFinished(int registered, boolean bestEnded) {
    return earlyExit > 0 ? bestEnded && registered >= earlyExit : registered >= hypotheses;
  }
}
