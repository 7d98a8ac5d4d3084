package dev.dragoman;

import dev.dragoman.LineTranslator.Tokenized;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;

/**
 * Translations in the order of their lines. One thread reads ahead, as far as a bounded queue lets
 * it, so that a slow source does not hold back what is ready and a slow consumer does not fill the
 * memory; the threads for text tokenize, several lines at a time; another thread hands the lines to
 * the engine in their order, and waits where that is full.
 */
final class OrderedTranslations implements Iterator<Translation>, AutoCloseable {
  private final BlockingQueue<Event> events;
  private final BlockingQueue<Optional<Line>> read = new LinkedBlockingQueue<>(); // within events
  private final LineTranslator translator;
  private final HypothesisText text;
  private final TextThreads threads;
  private final Thread reader;
  private final Thread submitter;
  private volatile boolean closed;
  private Event next;

  /** What the reading thread hands over: a line, the end, or why it stopped. */
  private sealed interface Event {}

  /** A line on its way. */
  private record Line(CompletableFuture<Tokenized> tokens, CompletableFuture<Translation> result)
      implements Event {}

  private record Ended(Optional<Throwable> problem) implements Event {}

  /**
   * Begins to read.
   *
   * @param ahead the most lines under way
   */
  OrderedTranslations(Stream<String> lines, Translator.Parts parts, int ahead) {
    this.events = new ArrayBlockingQueue<>(ahead);
    this.translator = parts.lines();
    this.text = parts.text();
    this.threads = parts.threads();
    this.reader = new Thread(() -> read(lines), "dragoman-reader");
    this.submitter = new Thread(this::submit, "dragoman-submitter");
    reader.setDaemon(true);
    submitter.setDaemon(true);
    reader.start();
    submitter.start();
  }

  private void read(Stream<String> lines) {
    try {
      events.put(readAll(lines));
    } catch (InterruptedException e) {
      // Closed: nobody should wait for more, but who does must not wait for ever.
      events.clear();
      events.add(new Ended(Optional.of(closed())));
    } finally {
      read.add(Optional.empty());
    }
  }

  private static IllegalStateException closed() {
    return new IllegalStateException("the result was closed");
  }

  private Ended readAll(Stream<String> lines) throws InterruptedException {
    try {
      for (Iterator<String> texts = lines.iterator(); texts.hasNext(); ) {
        String next = texts.next();
        Line line = new Line(new CompletableFuture<>(), new CompletableFuture<>());
        events.put(line);
        line.tokens().completeAsync(() -> translator.tokenize(next), threads);
        read.add(Optional.of(line));
      }
      return new Ended(Optional.empty());
    } catch (RuntimeException | Error e) {
      return new Ended(Optional.of(e));
    }
  }

  /** Until the reader ends; every line gets a result, whatever happens. */
  private void submit() {
    for (Optional<Line> line = nextRead(); line.isPresent(); line = nextRead()) {
      CompletableFuture<Translation> result = line.get().result();
      try {
        if (closed) {
          throw closed();
        }
        translator
            .submit(TextThreads.await(line.get().tokens()))
            .translation(text, threads)
            .whenComplete(
                (translation, problem) -> {
                  if (problem == null) {
                    result.complete(translation);
                  } else {
                    result.completeExceptionally(problem);
                  }
                });
      } catch (InterruptedException e) { // only by close
        result.completeExceptionally(closed());
      } catch (RuntimeException | Error e) {
        result.completeExceptionally(e);
      }
    }
  }

  private Optional<Line> nextRead() {
    while (true) {
      try {
        return read.take();
      } catch (InterruptedException e) {
        closed = true;
      }
    }
  }

  @Override
  public boolean hasNext() {
    if (next == null) {
      next = take();
    }
    if (next instanceof Ended ended) {
      ended.problem().ifPresent(OrderedTranslations::rethrow);
      return false;
    }
    return true;
  }

  private static void rethrow(Throwable problem) {
    if (problem instanceof Error error) {
      throw error;
    }
    throw (RuntimeException) problem;
  }

  @Override
  public Translation next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Line line = (Line) next;
    next = null;
    try {
      return TextThreads.await(line.result());
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private Event take() {
    try {
      return events.take();
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private static IllegalStateException interrupted() {
    Thread.currentThread().interrupt();
    return new IllegalStateException("interrupted while translating");
  }

  /** Stops reading. */
  @Override
  public void close() {
    closed = true;
    reader.interrupt();
    submitter.interrupt();
  }
}
