// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.search;

/**
 * Limits the steps of a sentence by its source, beside {@link SearchOptions#maxLength}, which holds
 * for all sentences. A search that has not ended after so many steps is given up: its result are
 * the hypotheses that have ended by then, maybe none.
 */
public interface StepLimit {

  /** Leaves every sentence to its search. */
  StepLimit NONE = source -> Integer.MAX_VALUE;

  /**
   * Returns the most steps of one sentence. Called once for each, by any thread.
   *
   * @param source the token ids that the engine was given, the same array
   */
  int of(int[] source);
}
