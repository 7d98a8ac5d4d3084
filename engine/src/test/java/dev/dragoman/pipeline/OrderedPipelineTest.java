// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.Hang;
import dev.dragoman.WaitingCall;
import dev.dragoman.pipeline.OrderedPipeline.End;
import dev.dragoman.pipeline.OrderedPipeline.Line;
import dev.dragoman.pipeline.OrderedPipeline.Source;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Lines come out in order, boundedly, and with an end whatever happens. */
@Timeout(Hang.SECONDS)
class OrderedPipelineTest {
  private static final int BUDGET = 10;
  private static final List<String> LETTERS = List.of("a", "b", "c", "d", "e");
  private static final List<String> CAPITALS = List.of("A", "B", "C", "D", "E");

  /** The translations that {@link #later} has begun; completing one lets it end. */
  private final List<CompletableFuture<String>> begun =
      Collections.synchronizedList(new ArrayList<>());

  private final List<String> results = new ArrayList<>();

  /** The thread that reads the lines; seen by those who have seen a translation begun. */
  private Thread reader;

  /** Translates to upper case once its entry of {@link #begun} is completed. */
  private CompletableFuture<String> later(String text) {
    reader = Thread.currentThread();
    CompletableFuture<String> result = new CompletableFuture<>();
    begun.add(result);
    return result.thenApply(unused -> text.toUpperCase(Locale.ROOT));
  }

  private static CompletableFuture<String> atOnce(String text) {
    return CompletableFuture.completedFuture(text.toUpperCase(Locale.ROOT));
  }

  private static Source<String> source(List<String> texts, int weight) {
    Iterator<String> next = texts.iterator();
    return () -> next.hasNext() ? Optional.of(line(next.next(), weight)) : Optional.empty();
  }

  private static Line<String> line(String text, int weight) {
    return new Line<>(text, Optional.of(text), weight);
  }

  private static OrderedPipeline<String, String> start(
      Source<String> source, Function<String, CompletableFuture<String>> translator) {
    return OrderedPipeline.start(source, translator, BUDGET);
  }

  private void keep(OrderedPipeline.Finished<String, String> line) {
    assertEquals(line.origin().toUpperCase(Locale.ROOT), line.result().orElseThrow());
    results.add(line.result().get());
  }

  private void awaitBegun(int count) {
    while (begun.size() < count) {
      Thread.onSpinWait();
    }
  }

  @Test
  void resultsAreHandedOutInTheOrderOfTheLines() throws IOException {
    try (var pipeline = start(source(LETTERS, 1), this::later)) {
      awaitBegun(5);
      for (int i = 4; i >= 0; i--) {
        begun.get(i).complete("");
      }
      assertEquals(End.COMPLETE, pipeline.forEach(this::keep));
      assertEquals(CAPITALS, results);
      assertEquals(Optional.empty(), pipeline.next(), "the end stays");
    }
  }

  @Test
  void aLineWithoutTextComesInItsTurn() throws IOException {
    Iterator<Line<String>> lines =
        List.of(line("a", 1), new Line<>("mark", Optional.empty(), 1), line("b", 1)).iterator();
    try (var pipeline =
        start(
            () -> lines.hasNext() ? Optional.of(lines.next()) : Optional.empty(),
            OrderedPipelineTest::atOnce)) {
      pipeline.forEach(line -> results.add(line.origin() + line.result().orElse("")));
    }
    assertEquals(List.of("aA", "mark", "bB"), results);
  }

  @Test
  void noMoreIsReadThanTheBudgetAllows() throws IOException {
    AtomicInteger read = new AtomicInteger();
    try (var pipeline =
        start(
            () -> {
              read.incrementAndGet();
              return Optional.of(line("a", 3));
            },
            OrderedPipelineTest::atOnce)) {
      for (int consumed = 1; consumed <= 100; consumed++) {
        keep(pipeline.next().orElseThrow());
        // The lines ahead are three of weight three, and one in the reader's hand.
        int ahead = read.get() - consumed;
        assertTrue(ahead <= 3 + 1, ahead + " lines read ahead");
      }
    }
  }

  @Test
  void aLineHeavierThanTheBudgetPassesAlone() throws IOException {
    try (var pipeline = start(source(LETTERS, 5 * BUDGET), OrderedPipelineTest::atOnce)) {
      assertEquals(End.COMPLETE, pipeline.forEach(this::keep));
    }
    assertEquals(CAPITALS, results);
  }

  @Test
  void aSlowSourceHoldsNothingBack() throws IOException {
    BlockingQueue<Optional<Line<String>>> typed = new LinkedBlockingQueue<>();
    try (var pipeline = start(() -> take(typed), OrderedPipelineTest::atOnce)) {
      for (String text : LETTERS) {
        typed.add(Optional.of(line(text, 1))); // the next one only after this one's result
        keep(pipeline.next().orElseThrow());
        assertEquals(0, pipeline.underWay());
      }
      typed.add(Optional.empty());
      assertEquals(Optional.empty(), pipeline.next());
    }
    assertEquals(CAPITALS, results);
  }

  @Test
  void whatTheSourceThrowsComesAfterTheLinesBeforeIt() {
    for (Exception problem : List.of(new IOException("torn"), new IllegalStateException("odd"))) {
      results.clear();
      try (var pipeline = start(torn(problem), OrderedPipelineTest::atOnce)) {
        assertSame(problem, assertThrows(Exception.class, () -> pipeline.forEach(this::keep)));
        assertSame(problem, assertThrows(Exception.class, pipeline::next), "the end stays");
      }
      assertEquals(CAPITALS, results);
    }
  }

  @Test
  void whatTheTranslatorThrowsComesAfterTheLinesBeforeIt() {
    IllegalStateException problem = new IllegalStateException("injected");
    Function<String, CompletableFuture<String>> failing =
        text -> text.equals("c") ? CompletableFuture.failedFuture(problem) : atOnce(text);
    try (var pipeline = start(source(LETTERS, 1), failing)) {
      assertSame(
          problem, assertThrows(IllegalStateException.class, () -> pipeline.forEach(this::keep)));
    }
    assertEquals(CAPITALS.subList(0, 2), results);
  }

  @Test
  void aStopFinishesWhatHasBeenHandedOver() throws Exception {
    BlockingQueue<Optional<Line<String>>> typed = new LinkedBlockingQueue<>();
    try (var pipeline = start(() -> take(typed), this::later)) {
      LETTERS.forEach(text -> typed.add(Optional.of(line(text, 1))));
      awaitBegun(5);
      while (pipeline.underWay() < 5) {
        Thread.onSpinWait();
      }
      pipeline.stop();
      typed.add(Optional.of(line("late", 1)));
      typed.add(Optional.empty());
      reader.join();
      assertEquals(LETTERS.size(), begun.size(), "the late line is not translated");
      begun.forEach(result -> result.complete(""));
      assertEquals(End.STOPPED, pipeline.forEach(this::keep));
    }
    assertEquals(CAPITALS, results);
  }

  @Test
  void closingWakesWhoWaitsForALine() throws Exception {
    BlockingQueue<Optional<Line<String>>> typed = new LinkedBlockingQueue<>();
    var pipeline = start(() -> take(typed), OrderedPipelineTest::atOnce);
    FutureTask<Exception> consumer =
        WaitingCall.start(() -> assertThrows(IllegalStateException.class, pipeline::next));
    pipeline.close();
    assertEquals("the lines were closed before their end", consumer.get().getMessage());
  }

  @Test
  void whoIsInterruptedWhileItWaitsStaysInterrupted() {
    try (var pipeline = start(source(LETTERS, 1), this::later)) {
      awaitBegun(1);
      Thread.currentThread().interrupt();
      assertThrows(IllegalStateException.class, pipeline::next);
      assertTrue(Thread.interrupted());
    }
  }

  @Test
  void theWaitForALineIsMeasured() throws Exception {
    try (var pipeline = start(source(List.of("a"), 1), this::later)) {
      awaitBegun(1);
      reader.join(); // so that the line can be taken at once, and its translation is waited for
      var line = WaitingCall.start(() -> pipeline.next().orElseThrow());
      long start = System.nanoTime();
      long waited = 0;
      while (waited < TimeUnit.MILLISECONDS.toNanos(1)) {
        waited = System.nanoTime() - start;
      }
      begun.get(0).complete("");
      assertTrue(line.get().waited() >= waited, line.get().waited() + " ns, not " + waited);
    }
  }

  private static Optional<Line<String>> take(BlockingQueue<Optional<Line<String>>> lines) {
    try {
      return lines.take();
    } catch (InterruptedException e) { // by close
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** Returns a source that throws after its last line. */
  private static Source<String> torn(Exception problem) {
    Source<String> lines = source(LETTERS, 1);
    return () -> {
      Optional<Line<String>> next = lines.next();
      if (next.isPresent()) {
        return next;
      }
      if (problem instanceof IOException io) {
        throw io;
      }
      throw (RuntimeException) problem;
    };
  }
}
