package dev.dragoman;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.stream.Stream;

/**
 * Translations in the order of their lines. A thread of its own reads and tokenizes ahead, as far
 * as a bounded queue lets it, so that a slow source does not hold back what is ready and a slow
 * consumer does not fill the memory.
 */
final class OrderedTranslations implements Iterator<Translation>, AutoCloseable {
  private final BlockingQueue<Event> events;
  private final HypothesisText text;
  private final Thread reader;
  private Event next;

  /** What the reading thread hands over: a line, the end, or why it stopped. */
  private sealed interface Event {}

  private record Submitted(PendingLine line) implements Event {}

  private record Ended(Optional<Throwable> problem) implements Event {}

  /**
   * Begins to read.
   *
   * @param ahead the most lines under way
   */
  OrderedTranslations(
      Stream<String> lines, LineTranslator translator, HypothesisText text, int ahead) {
    this.events = new ArrayBlockingQueue<>(ahead);
    this.text = text;
    this.reader = new Thread(() -> read(lines, translator), "dragoman-reader");
    reader.setDaemon(true);
    reader.start();
  }

  private void read(Stream<String> lines, LineTranslator translator) {
    try {
      events.put(submitAll(lines, translator));
    } catch (InterruptedException e) {
      // Closed: nobody should wait for more, but who does must not wait for ever.
      events.clear();
      events.add(new Ended(Optional.of(new IllegalStateException("the result was closed"))));
    }
  }

  private Ended submitAll(Stream<String> lines, LineTranslator translator)
      throws InterruptedException {
    try {
      for (Iterator<String> texts = lines.iterator(); texts.hasNext(); ) {
        events.put(new Submitted(translator.submit(texts.next())));
      }
      return new Ended(Optional.empty());
    } catch (RuntimeException | Error e) {
      return new Ended(Optional.of(e));
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
    PendingLine line = ((Submitted) next).line();
    next = null;
    try {
      return line.await(text);
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
    reader.interrupt();
  }
}
