package dev.dragoman.cli.lines;

import dev.dragoman.Translation;
import java.io.IOException;
import java.util.Iterator;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Reads lines in a thread of its own, has them translated, and hands them with their translations
 * to a sink, in order. How much is read ahead is bounded by its characters. A line that is known
 * already, or under way already, is not translated again.
 *
 * @param <T> what the sink wants to know of a line again
 */
public final class LinePipeline<T> implements AutoCloseable {
  /** Characters, nearly, that may have been read and not yet written. */
  private static final int BUDGET = 1 << 24;

  private final Source<T> source;
  private final KnownLines known;
  private final BlockingQueue<Pending<T>> underWay = new LinkedBlockingQueue<>();
  private final BlockingQueue<Optional<String>> toTranslate = new LinkedBlockingQueue<>();
  private final Semaphore budget = new Semaphore(BUDGET);
  private final Thread reader = new Thread(this::readAll, "line reader");
  private volatile boolean stopped;

  /**
   * Begins with the first call of {@link #run}.
   *
   * @param known what need not be translated
   */
  public LinePipeline(Source<T> source, KnownLines known) {
    this.source = source;
    this.known = known;
    reader.setDaemon(true);
  }

  /**
   * One line.
   *
   * @param text what to translate; none if the sink only has to see its origin in its turn
   * @param weight characters that it keeps in memory
   */
  public record Line<T>(T origin, Optional<String> text, int weight) {}

  /** Where lines come from. */
  public interface Source<T> {
    /** The next line, or nothing at the end. */
    Optional<Line<T>> next() throws IOException;
  }

  /** Where lines go. */
  public interface Sink<T> {
    /** Takes one line; the outcome is empty if it had no text. */
    void accept(T origin, Optional<Outcome> outcome) throws IOException;
  }

  /** How a run ended. */
  public enum End {
    /** Every line has been handed over. */
    COMPLETE,
    /** {@link #stop} was called: the lines that were being translated have been handed over. */
    STOPPED
  }

  private record Pending<T>(
      Optional<T> origin, Optional<SharedResult> result, int weight, Optional<Throwable> problem) {

    static <T> Pending<T> end(Optional<Throwable> problem) {
      return new Pending<>(Optional.empty(), Optional.empty(), 0, problem);
    }
  }

  /**
   * Translates everything.
   *
   * @param translator as {@link dev.dragoman.Translator#translate(Stream)}
   * @throws IOException of the source, after the lines before it, or of the sink
   */
  public End run(Function<Stream<String>, Stream<Translation>> translator, Sink<T> sink)
      throws IOException {
    reader.start();
    try (Stream<Translation> stream = translator.apply(texts())) {
      Iterator<Translation> translations = stream.iterator();
      while (true) {
        Pending<T> next = underWay.take();
        if (next.origin().isEmpty()) {
          rethrow(next.problem());
          return stopped ? End.STOPPED : End.COMPLETE;
        }
        Optional<Outcome> outcome = Optional.empty();
        if (next.result().isPresent()) {
          outcome = next.result().get().await(translations, known);
          if (outcome.isEmpty()) { // only a stop ends the translations before the lines
            return End.STOPPED;
          }
        }
        sink.accept(next.origin().get(), outcome);
        budget.release(next.weight());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while translating", e);
    }
  }

  /** Lines that have been read and not yet handed over. */
  public int underWay() {
    return underWay.size();
  }

  /** Translates no further line; what has been handed to the translator is finished. */
  public void stop() {
    stopped = true;
    toTranslate.add(Optional.empty());
    underWay.add(Pending.end(Optional.empty()));
  }

  /** Stops reading. */
  @Override
  public void close() {
    reader.interrupt();
  }

  private void readAll() {
    Optional<Throwable> problem = Optional.empty();
    try {
      Optional<Line<T>> line = source.next();
      while (line.isPresent() && !stopped) {
        int weight = Math.min(line.get().weight(), BUDGET);
        budget.acquire(weight);
        Optional<SharedResult> result = line.get().text().map(known::find);
        underWay.add(new Pending<>(Optional.of(line.get().origin()), result, weight, problem));
        if (result.isPresent() && result.get().claim()) {
          toTranslate.add(line.get().text());
        }
        line = source.next();
      }
    } catch (InterruptedException e) {
      problem = Optional.of(new IllegalStateException("the lines were closed", e));
    } catch (IOException | RuntimeException | Error e) {
      problem = Optional.of(e);
    }
    toTranslate.add(Optional.empty());
    underWay.add(Pending.end(problem));
  }

  private Stream<String> texts() {
    return StreamSupport.stream(
        new Spliterators.AbstractSpliterator<String>(
            Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL) {
          @Override
          public boolean tryAdvance(Consumer<? super String> action) {
            Optional<String> text = nextText();
            text.ifPresent(action);
            return text.isPresent();
          }
        },
        false);
  }

  private Optional<String> nextText() {
    try {
      Optional<String> text = toTranslate.take();
      return stopped ? Optional.empty() : text;
    } catch (InterruptedException e) { // the translations were closed
      Thread.currentThread().interrupt();
      return Optional.empty();
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
}
