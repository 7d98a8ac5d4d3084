// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.lines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.dragoman.Translation;
import dev.dragoman.Translation.Hypothesis;
import dev.dragoman.lines.Outcome.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Each line is translated once, as far as it is remembered. */
final class RecentLinesTest {
  private final List<String> asked = new ArrayList<>();
  private final List<CompletableFuture<Translation>> begun = new ArrayList<>();
  private final List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
  private final Map<String, Translation> stored = new TreeMap<>();

  private final TranslationStore store =
      new TranslationStore() {
        @Override
        public Optional<Translation> find(String text) {
          return Optional.ofNullable(stored.get(text));
        }

        @Override
        public void add(String text, Translation translation) {
          stored.put(text, translation);
        }
      };

  private CompletableFuture<Translation> later(String text) {
    asked.add(text);
    CompletableFuture<Translation> result = new CompletableFuture<>();
    begun.add(result);
    return result;
  }

  private void ask(RecentLines lines, String text) {
    outcomes.add(lines.translate(text, this::later));
  }

  private static Translation translation(String text) {
    return new Translation(
        List.of(new Hypothesis(text, -0.5, List.of("a", "piece"))),
        Optional.empty(),
        Optional.empty(),
        2,
        3);
  }

  private static Translation withoutPieces(String text) {
    return new Translation(
        List.of(new Hypothesis(text, -0.5, List.of())), Optional.empty(), Optional.empty(), 2, 3);
  }

  private static Translation failed() {
    return new Translation(List.of(), Optional.of("why"), Optional.empty(), 1, 0);
  }

  @Test
  void aLineThatIsUnderWayIsNotTranslatedAgain() {
    RecentLines lines = new RecentLines(10, store);
    CompletableFuture<Outcome> first = lines.translate("one", this::later);
    CompletableFuture<Outcome> second = lines.translate("one", this::later);
    assertFalse(second.isDone());
    begun.get(0).complete(translation("ONE"));
    assertEquals(new Outcome("one", withoutPieces("ONE"), Origin.TRANSLATED), first.join());
    assertEquals(new Outcome("one", withoutPieces("ONE"), Origin.REPEATED), second.join());
    assertEquals(List.of("one"), asked);
  }

  @Test
  void aLineThatHasFailedIsTriedAgain() {
    RecentLines lines = new RecentLines(10, store);
    ask(lines, "one");
    begun.get(0).complete(failed());
    ask(lines, "one");
    begun.get(1).completeExceptionally(new IllegalStateException("lost"));
    ask(lines, "one");
    assertEquals(3, asked.size());
  }

  @Test
  void theEldestLineIsForgotten() {
    RecentLines lines = new RecentLines(2, store);
    for (String text : List.of("one", "two", "one", "three", "one", "two")) {
      ask(lines, text);
    }
    assertEquals(List.of("one", "two", "three", "two"), asked);
  }

  @Test
  void nothingIsKnownWithoutCapacity() {
    RecentLines lines = new RecentLines(0, TranslationStore.none());
    ask(lines, "one");
    ask(lines, "one");
    assertEquals(2, asked.size());
  }

  @Test
  void whatTheStoreKnowsIsRemembered() {
    stored.put("one", translation("ONE"));
    RecentLines lines = new RecentLines(10, store);
    for (int i = 0; i < 2; i++) {
      assertEquals(
          new Outcome("one", translation("ONE"), Origin.REMEMBERED),
          lines.translate("one", this::later).join());
    }
    assertEquals(List.of(), asked);
  }

  @Test
  void onlyNewTranslationsAreStored() {
    RecentLines lines = new RecentLines(10, store);
    lines.store(new Outcome("one", withoutPieces("ONE"), Origin.TRANSLATED));
    lines.store(new Outcome("two", withoutPieces("TWO"), Origin.REPEATED));
    lines.store(new Outcome("three", failed(), Origin.TRANSLATED));
    assertEquals(Map.of("one", withoutPieces("ONE")), stored);
  }
}
