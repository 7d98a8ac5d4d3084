package dev.dragoman.pipeline;

import dev.dragoman.search.Hypothesis;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A source sentence on its way through the model.
 *
 * @param source token ids, the end token last; not empty, and not longer than the model's positions
 * @param result its best hypotheses, or why there are none
 */
record Sentence(int[] source, CompletableFuture<List<Hypothesis>> result) {

  Sentence(int[] source) {
    this(source, new CompletableFuture<>());
  }
}
