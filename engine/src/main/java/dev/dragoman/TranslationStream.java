// SPDX-License-Identifier: Apache-2.0
package dev.dragoman;

import dev.dragoman.pipeline.OrderedPipeline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators.AbstractSpliterator;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The translations of a stream of lines, which an ordered pipeline hands out one by one. */
final class TranslationStream extends AbstractSpliterator<Translation> {
  private final OrderedPipeline<String, Translation> pipeline;

  private TranslationStream(OrderedPipeline<String, Translation> pipeline) {
    super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL);
    this.pipeline = pipeline;
  }

  /**
   * Begins to read.
   *
   * @param ahead the most lines that are read ahead of the result
   */
  static Stream<Translation> of(
      Stream<String> lines,
      Function<String, CompletableFuture<Translation>> translator,
      int ahead) {
    Iterator<String> texts = lines.iterator();
    OrderedPipeline<String, Translation> pipeline =
        OrderedPipeline.start(() -> next(texts), translator, ahead);
    return StreamSupport.stream(new TranslationStream(pipeline), false).onClose(pipeline::close);
  }

  private static Optional<OrderedPipeline.Line<String>> next(Iterator<String> texts) {
    if (!texts.hasNext()) {
      return Optional.empty();
    }
    String text = texts.next();
    return Optional.of(new OrderedPipeline.Line<>(text, Optional.of(text), 1));
  }

  @Override
  public boolean tryAdvance(Consumer<? super Translation> action) {
    try {
      Optional<Translation> next = pipeline.next().flatMap(OrderedPipeline.Finished::result);
      next.ifPresent(action);
      return next.isPresent();
    } catch (IOException e) {
      throw new UncheckedIOException("a stream of lines threw what it cannot throw", e);
    }
  }
}
