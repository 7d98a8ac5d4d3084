package dev.dragoman.cli;

import dev.dragoman.text.LineReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The lines of all inputs, one after the other. Whoever translates pulls their text from {@link
 * #texts}, perhaps in a thread of its own; what belongs to each line waits in {@link #take} until
 * its translation is there.
 */
final class InputLines implements AutoCloseable {
  private final Queue<Input> inputs;
  private final Console console;
  private final Queue<InputLine> underWay = new ConcurrentLinkedQueue<>();
  private String name = "";
  private long number;
  private volatile LineReader reader;

  InputLines(List<Input> inputs, Console console) {
    this.inputs = new ArrayDeque<>(inputs);
    this.console = console;
  }

  /** The text of every line; an input that cannot be read is a {@link CommandFailure}. */
  Stream<String> texts() {
    return StreamSupport.stream(
        new Spliterators.AbstractSpliterator<String>(
            Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL) {
          @Override
          public boolean tryAdvance(Consumer<? super String> action) {
            Optional<String> text = next();
            text.ifPresent(action);
            return text.isPresent();
          }
        },
        false);
  }

  /** The first line whose translation has not been taken. */
  InputLine take() {
    return underWay.remove();
  }

  /** Whether every line read so far has been taken. */
  boolean isCaughtUp() {
    return underWay.isEmpty();
  }

  private Optional<String> next() {
    try {
      while (true) {
        if (reader == null && !openNext()) {
          return Optional.empty();
        }
        Optional<LineReader.Line> line = reader.next();
        if (line.isPresent()) {
          number++;
          underWay.add(describe(line.get()));
          return line.map(LineReader.Line::text);
        }
        reader.close();
        reader = null;
      }
    } catch (IOException e) {
      throw new CommandFailure(
          "cannot read " + name + " after line " + number + ": " + ErrorReports.describe(e), e);
    }
  }

  private boolean openNext() throws IOException {
    Input input = inputs.poll();
    if (input == null) {
      return false;
    }
    name = input.name();
    number = 0;
    reader = new LineReader(input.open(console));
    return true;
  }

  private InputLine describe(LineReader.Line line) {
    // A file without a newline at its end must not be joined to the next one.
    boolean endsAll = line.terminator().isEmpty() && inputs.isEmpty();
    String terminator = line.terminator().isEmpty() && !endsAll ? "\n" : line.terminator();
    return new InputLine(name, number, terminator, line.malformed());
  }

  /** Closes the input that is being read; whoever reads it in another thread gets a failure. */
  @Override
  public void close() {
    LineReader open = reader;
    if (open == null) {
      return;
    }
    try {
      open.close();
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }
}
