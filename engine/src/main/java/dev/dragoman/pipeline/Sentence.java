package dev.dragoman.pipeline;

import dev.dragoman.search.Hypothesis;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A source sentence on its way through the model.
 *
 * @param source token ids, the end token last; not empty, and not longer than the model's positions
 * @param candidates the words that its translation may have, rising; empty for all
 * @param steps after which it is over if its search has not ended before; for benchmarks
 * @param result its best hypotheses, or why there are none
 * @param failure the first attempt at it, if that failed; there is one more
 */
record Sentence(
    int[] source,
    int[] candidates,
    int steps,
    CompletableFuture<List<Hypothesis>> result,
    Optional<Failure> failure) {

  /** What {@link #steps} is where only the search counts. */
  static final int NO_LIMIT = Integer.MAX_VALUE;

  /**
   * Something went wrong while the sentence was in flight, because of it or not.
   *
   * @param replica where
   * @param reason what
   */
  record Failure(Replica replica, Throwable reason) {
    @Override
    public String toString() {
      return Replica.describe(reason) + " (on " + replica.name() + ")";
    }
  }

  Sentence(int[] source, int[] candidates, int steps) {
    this(source, candidates, steps, new CompletableFuture<>(), Optional.empty());
  }

  Sentence(int[] source) {
    this(source, new int[0], NO_LIMIT);
  }

  /** The same sentence for its second attempt. */
  Sentence after(Failure first) {
    return new Sentence(source, candidates, steps, result, Optional.of(first));
  }
}
