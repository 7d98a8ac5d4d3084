// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.lines;

import dev.dragoman.Translation;
import dev.dragoman.lines.Outcome.Origin;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Has each line translated once: knows the lines that were asked for last, up to a number of lines
 * and of characters, and behind them those of a store. A line that is under way is known, too.
 */
public final class RecentLines {
  private static final long MOST_CHARACTERS = 1 << 23;

  private final int capacity;
  private final TranslationStore store;
  private final LinkedHashMap<String, Known> recent = new LinkedHashMap<>(16, 0.75f, true);
  private long characters;

  /**
   * A line that was asked for before.
   *
   * @param origin of the next places where it stands
   */
  private record Known(CompletableFuture<Translation> translation, Origin origin) {

    CompletableFuture<Outcome> outcome(String text) {
      return translation.thenApply(there -> new Outcome(text, there, origin));
    }

    /** Tells whether it turned out that the line cannot be translated. */
    boolean hasFailed() {
      return translation.isCompletedExceptionally()
          || (translation.isDone() && translation.join().failure().isPresent());
    }
  }

  /**
   * Knows nothing yet.
   *
   * @param capacity lines at most, from 0
   */
  public RecentLines(int capacity, TranslationStore store) {
    this.capacity = capacity;
    this.store = store;
  }

  /**
   * Finds the translation of a known line, or begins a new one. Called by one thread, the one that
   * reads.
   *
   * @return a translation without pieces
   */
  public CompletableFuture<Outcome> translate(
      String text, Function<String, CompletableFuture<Translation>> translator) {
    Known known = recent.get(text);
    if (known != null && !known.hasFailed()) {
      return known.outcome(text);
    }
    Optional<Translation> stored = store.find(text);
    if (stored.isPresent()) {
      Known remembered =
          new Known(CompletableFuture.completedFuture(stored.get()), Origin.REMEMBERED);
      keep(text, remembered);
      return remembered.outcome(text);
    }
    CompletableFuture<Translation> fresh =
        translator.apply(text).thenApply(RecentLines::withoutPieces);
    keep(text, new Known(fresh, Origin.REPEATED));
    return fresh.thenApply(translation -> new Outcome(text, translation, Origin.TRANSLATED));
  }

  private void keep(String text, Known known) {
    if (recent.put(text, known) == null) {
      characters += text.length();
    }
    var eldest = recent.entrySet().iterator();
    while (recent.size() > capacity || characters > MOST_CHARACTERS) {
      Map.Entry<String, Known> entry = eldest.next();
      characters -= entry.getKey().length();
      eldest.remove();
    }
  }

  /** Stores a translation if it is new. Called by one thread, the one that writes. */
  public void store(Outcome outcome) {
    if (outcome.origin() == Origin.TRANSLATED && outcome.translation().failure().isEmpty()) {
      store.add(outcome.text(), outcome.translation());
    }
  }

  /** Drops the subwords, which would be most of a translation that is kept for long. */
  private static Translation withoutPieces(Translation translation) {
    List<Translation.Hypothesis> texts =
        translation.hypotheses().stream()
            .map(best -> new Translation.Hypothesis(best.text(), best.score(), List.of()))
            .toList();
    return new Translation(
        texts,
        translation.failure(),
        translation.note(),
        translation.sourceTokens(),
        translation.targetTokens());
  }
}
