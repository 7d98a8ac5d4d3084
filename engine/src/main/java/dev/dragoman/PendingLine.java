package dev.dragoman;

import dev.dragoman.device.NoDeviceLeftException;
import dev.dragoman.search.Hypothesis;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * A line that is being translated.
 *
 * @param parts the sentences it was split into, most often one; none for a line without any token
 * @param sources the tokens of each part
 * @param note what the user should know
 * @param failure why it is not translated at all
 */
record PendingLine(
    List<CompletableFuture<List<Hypothesis>>> parts,
    List<int[]> sources,
    Optional<String> note,
    Optional<String> failure) {

  static PendingLine failed(String reason, int[] source) {
    return new PendingLine(List.of(), List.of(source), Optional.empty(), Optional.of(reason));
  }

  /**
   * Waits for the parts and joins them.
   *
   * @throws NoDeviceLeftException if that is why a part was not translated: no other line will be
   */
  Translation await(HypothesisText text) throws InterruptedException {
    List<List<Hypothesis>> results = new ArrayList<>(parts.size());
    Optional<String> reason = failure;
    for (CompletableFuture<List<Hypothesis>> part : parts) {
      try {
        results.add(part.get());
      } catch (ExecutionException e) {
        if (e.getCause() instanceof NoDeviceLeftException end) {
          throw end;
        }
        reason = Optional.of(HypothesisText.oneLine(e.getCause()));
      }
    }
    if (reason.isPresent()) {
      int tokens = sources.stream().mapToInt(source -> source.length).sum();
      return new Translation(List.of(), reason, note, tokens, 0);
    }
    return text.join(results, sources, note);
  }
}
