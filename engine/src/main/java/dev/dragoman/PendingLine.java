package dev.dragoman;

import dev.dragoman.device.NoDeviceLeftException;
import dev.dragoman.search.Hypothesis;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/**
 * A line that is being translated.
 *
 * @param parts the hypotheses of each of the line's parts
 * @param line where they come from
 */
record PendingLine(List<CompletableFuture<List<Hypothesis>>> parts, LineTranslator.Tokenized line) {

  /**
   * The translation, once all parts are there; it becomes text on one of these threads.
   *
   * @return ends with {@link NoDeviceLeftException} if that is why a part was not translated: no
   *     other line will be
   */
  CompletableFuture<Translation> translation(HypothesisText text, Executor threads) {
    return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new))
        .handleAsync((done, problem) -> join(text), threads);
  }

  private Translation join(HypothesisText text) {
    List<List<Hypothesis>> results = new ArrayList<>(parts.size());
    Optional<String> reason = line.failure();
    for (CompletableFuture<List<Hypothesis>> part : parts) {
      try {
        results.add(part.join());
      } catch (CompletionException e) {
        if (e.getCause() instanceof NoDeviceLeftException end) {
          throw end;
        }
        reason = Optional.of(HypothesisText.oneLine(e.getCause()));
      }
    }
    if (reason.isPresent()) {
      int tokens = line.parts().stream().mapToInt(source -> source.length).sum();
      return new Translation(List.of(), reason, line.note(), tokens, 0);
    }
    return text.join(results, line.parts(), line.note());
  }
}
