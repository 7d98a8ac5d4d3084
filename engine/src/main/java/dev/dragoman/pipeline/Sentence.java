// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.pipeline;

import dev.dragoman.search.Hypothesis;
import dev.dragoman.text.OneLine;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A source sentence on its way through the model.
 *
 * @param source token ids, the end token last; not empty, and not longer than the model's positions
 * @param shortlist the words that its translation may have, rising; empty for all
 * @param mostSteps after which its search is given up if it has not ended before
 * @param result its best hypotheses, or why there are none
 * @param failure the first attempt at it, if that failed; there is one more
 */
record Sentence(
    int[] source,
    int[] shortlist,
    int mostSteps,
    CompletableFuture<List<Hypothesis>> result,
    Optional<Failure> failure) {

  /**
   * What went wrong while the sentence was in flight, because of it or not.
   *
   * @param replica where
   * @param reason what
   */
  record Failure(Replica replica, Throwable reason) {
    @Override
    public String toString() {
      return OneLine.of(reason) + " (on " + replica.name() + ")";
    }
  }

  Sentence(int[] source, int[] shortlist, int mostSteps) {
    this(source, shortlist, mostSteps, new CompletableFuture<>(), Optional.empty());
  }

  /** Returns the same sentence for its second attempt. */
  Sentence after(Failure first) {
    return new Sentence(source, shortlist, mostSteps, result, Optional.of(first));
  }
}
