// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.pipeline;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/**
 * Reads lines in a thread of its own, has them translated, and hands them out with their results,
 * in order. A slow source does not hold back what is ready, and for a slow consumer no more is read
 * than a budget allows. Used by one consumer; {@link #stop}, {@link #close} and {@link #underWay}
 * may be called by any thread.
 *
 * @param <T> what the consumer wants to know of a line again
 * @param <R> what becomes of its text
 */
public final class OrderedPipeline<T, R> implements AutoCloseable {
  /** A budget for lines that weigh their characters: enough for some hundred thousand. */
  public static final int CHARACTERS = 1 << 24;

  private final Source<T> source;
  private final Function<String, CompletableFuture<R>> translator;
  private final int budget;
  private final Semaphore room;
  private final BlockingQueue<Entry<T, R>> entries = new LinkedBlockingQueue<>();
  private final Thread reader = new Thread(this::readAll, "dragoman-reader");
  private volatile boolean stopped;
  private Ended<T, R> ended;

  private OrderedPipeline(
      Source<T> source, Function<String, CompletableFuture<R>> translator, int budget) {
    this.source = source;
    this.translator = translator;
    this.budget = budget;
    this.room = new Semaphore(budget);
    reader.setDaemon(true);
  }

  /**
   * Begins to read.
   *
   * @param translator begins to translate a text; called by the thread that reads, and may let it
   *     wait
   * @param budget the most weight of lines that have been read and not yet handed out
   */
  public static <T, R> OrderedPipeline<T, R> start(
      Source<T> source, Function<String, CompletableFuture<R>> translator, int budget) {
    OrderedPipeline<T, R> pipeline = new OrderedPipeline<>(source, translator, budget);
    pipeline.reader.start();
    return pipeline;
  }

  /**
   * One line.
   *
   * @param text what to translate; none if the consumer only has to see its origin in its turn
   * @param weight of the budget that it takes; one that is heavier than that takes all of it
   */
  public record Line<T>(T origin, Optional<String> text, int weight) {}

  /** The origin of lines. */
  public interface Source<T> {
    /** Reads the next line; empty at the end. */
    Optional<Line<T>> next() throws IOException;
  }

  /**
   * A line that is handed out.
   *
   * @param result empty if it had no text
   * @param waited nanoseconds for which everything after it had to wait
   */
  public record Finished<T, R>(T origin, Optional<R> result, long waited) {}

  /** The destination of lines. */
  public interface Sink<T, R> {
    /** Takes one line. */
    void accept(Finished<T, R> line) throws IOException;
  }

  /** How the lines ended. */
  public enum End {
    /** Every line has been handed out. */
    COMPLETE,
    /** {@link #stop} was called: the lines that were being translated have been handed out. */
    STOPPED
  }

  private sealed interface Entry<T, R> {}

  private record UnderWay<T, R>(Line<T> line, Optional<CompletableFuture<R>> result)
      implements Entry<T, R> {}

  private record Ended<T, R>(End end, Optional<Throwable> problem) implements Entry<T, R> {}

  private void readAll() {
    Optional<Throwable> problem = Optional.empty();
    try {
      Optional<Line<T>> line = source.next();
      while (line.isPresent() && !stopped) {
        room.acquire(weight(line.get()));
        entries.add(new UnderWay<>(line.get(), line.get().text().map(translator)));
        line = source.next();
      }
    } catch (InterruptedException e) {
      problem = Optional.of(closed());
    } catch (IOException | RuntimeException | Error e) {
      problem = Optional.of(e);
    }
    entries.add(new Ended<>(End.COMPLETE, problem));
  }

  private int weight(Line<T> line) {
    return Math.min(line.weight(), budget);
  }

  private static IllegalStateException closed() {
    return new IllegalStateException("the lines were closed before their end");
  }

  /**
   * Waits for the next line; empty after the last.
   *
   * @throws IOException of the source, after the lines before it
   * @throws RuntimeException of the source or the translator, after the lines before it
   */
  public Optional<Finished<T, R>> next() throws IOException {
    Entry<T, R> entry = ended == null ? take() : ended;
    if (entry instanceof Ended<T, R> last) {
      ended = last;
      rethrow(last.problem());
      return Optional.empty();
    }
    UnderWay<T, R> next = (UnderWay<T, R>) entry;
    room.release(weight(next.line()));
    long start = System.nanoTime();
    Optional<R> result = next.result().map(Futures::await);
    long waited = System.nanoTime() - start;
    return Optional.of(new Finished<>(next.line().origin(), result, waited));
  }

  private Entry<T, R> take() {
    try {
      return entries.take();
    } catch (InterruptedException e) {
      throw Futures.interrupted(e);
    }
  }

  private static void rethrow(Optional<Throwable> problem) throws IOException {
    if (problem.isEmpty()) {
      return;
    }
    if (problem.get() instanceof IOException io) {
      throw io;
    }
    if (problem.get() instanceof Error error) {
      throw error;
    }
    throw (RuntimeException) problem.get();
  }

  /**
   * Hands out all lines that are left.
   *
   * @throws IOException of the source, after the lines before it, or of the sink
   */
  public End forEach(Sink<T, R> sink) throws IOException {
    Optional<Finished<T, R>> line = next();
    while (line.isPresent()) {
      sink.accept(line.get());
      line = next();
    }
    return ended.end();
  }

  /** Counts the lines that have been read and not yet handed out. */
  public int underWay() {
    return entries.size();
  }

  /** Translates no further line; what has been handed to the translator is finished. */
  public void stop() {
    stopped = true;
    entries.add(new Ended<>(End.STOPPED, Optional.empty()));
  }

  /** Stops reading; who waits for a line gets an {@link IllegalStateException}. */
  @Override
  public void close() {
    stopped = true;
    entries.clear();
    entries.add(new Ended<>(End.STOPPED, Optional.of(closed())));
    reader.interrupt();
  }
}
