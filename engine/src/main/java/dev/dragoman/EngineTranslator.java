// SPDX-License-Identifier: Apache-2.0
package dev.dragoman;

import dev.dragoman.device.Device;
import dev.dragoman.device.NoDeviceLeftException;
import dev.dragoman.model.Model;
import dev.dragoman.pipeline.Engine;
import dev.dragoman.pipeline.EngineStatus;
import dev.dragoman.pipeline.Futures;
import dev.dragoman.search.Hypothesis;
import dev.dragoman.text.OneLine;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/**
 * Translates with an engine. The threads for text tokenize lines and put their sentences into the
 * engine's queue, and turn what comes back into text; permits bound how many lines are under way.
 */
final class EngineTranslator implements Translator {
  private final Engine engine;
  private final LineTokenizer tokenizer;
  private final HypothesisText text;
  private final TextThreads threads = new TextThreads();
  private final Semaphore permits;

  /** Starts an engine on the devices, which are closed with it. */
  EngineTranslator(Model model, List<Device> devices, TranslationOptions options) {
    this.engine = Engine.start(model, devices, options.engine());
    this.tokenizer = new LineTokenizer(model, options.onLong());
    this.text = new HypothesisText(model, options.engine());
    this.permits = new Semaphore(LINES_PER_SLOT * engine.status().slots());
  }

  @Override
  public CompletableFuture<Translation> submit(String line) {
    try {
      permits.acquire();
    } catch (InterruptedException e) {
      throw Futures.interrupted(e);
    }
    return CompletableFuture.supplyAsync(() -> translate(tokenizer.tokenize(line)), threads)
        .thenCompose(Function.identity())
        .whenComplete((translation, problem) -> permits.release());
  }

  /** Puts a line's sentences into the engine's queue. */
  private CompletableFuture<Translation> translate(TokenizedLine line) {
    if (line.failure().isPresent()) {
      return CompletableFuture.completedFuture(failed(line, line.failure().get()));
    }
    List<CompletableFuture<List<Hypothesis>>> parts =
        line.parts().stream().map(engine::translate).toList();
    return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new))
        .handleAsync((done, problem) -> join(line, parts), threads);
  }

  /**
   * Makes a translation of parts that are all done, one way or the other.
   *
   * @throws NoDeviceLeftException if that is why a part was not translated: no other line will be
   */
  private Translation join(TokenizedLine line, List<CompletableFuture<List<Hypothesis>>> parts) {
    List<List<Hypothesis>> results = new ArrayList<>(parts.size());
    Optional<Throwable> problem = Optional.empty();
    for (CompletableFuture<List<Hypothesis>> part : parts) {
      try {
        results.add(part.join());
      } catch (CompletionException e) {
        if (e.getCause() instanceof NoDeviceLeftException end) {
          throw end;
        }
        problem = Optional.of(e.getCause());
      }
    }
    return problem.map(e -> failed(line, OneLine.of(e))).orElseGet(() -> text.join(line, results));
  }

  private static Translation failed(TokenizedLine line, String reason) {
    return new Translation(List.of(), Optional.of(reason), line.note(), line.tokens(), 0);
  }

  @Override
  public String description() {
    return engine.description();
  }

  @Override
  public String arithmetic() {
    return engine.arithmetic();
  }

  @Override
  public EngineStatus status() {
    return engine.status();
  }

  @Override
  public void close() {
    engine.close();
    threads.close();
  }
}
