// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.files;

import dev.dragoman.cli.console.CommandFailure;
import dev.dragoman.cli.console.Console;
import dev.dragoman.cli.console.ErrorReports;
import dev.dragoman.lines.NotTextException;
import dev.dragoman.pipeline.OrderedPipeline;
import dev.dragoman.text.LineReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;

/** The lines of all inputs, one after the other. */
public final class InputLines implements OrderedPipeline.Source<InputLine>, AutoCloseable {
  private static final int OVERHEAD = 256;

  private final Queue<Input> inputs;
  private final Console console;
  private String name = "";
  private long number;
  private volatile LineReader reader;

  public InputLines(List<Input> inputs, Console console) {
    this.inputs = new ArrayDeque<>(inputs);
    this.console = console;
  }

  /**
   * Reads all lines of some files at once, {@code -} being standard input.
   *
   * @throws CommandFailure if one cannot be read or is not text
   */
  public static List<String> readAll(List<Path> files, Console console) throws IOException {
    List<Input> inputs = files.stream().map(Input::new).toList();
    for (Input input : inputs) {
      input.check();
    }
    List<String> texts = new ArrayList<>();
    try (InputLines lines = new InputLines(inputs, console)) {
      for (var line = lines.next(); line.isPresent(); line = lines.next()) {
        texts.add(line.get().text().orElseThrow());
      }
    }
    return texts;
  }

  /** Returns the next line; an input that cannot be read is a {@link CommandFailure}. */
  @Override
  public Optional<OrderedPipeline.Line<InputLine>> next() {
    try {
      while (true) {
        if (reader == null && !openNext()) {
          return Optional.empty();
        }
        Optional<LineReader.Line> line = reader.next();
        if (line.isPresent()) {
          number++;
          String text = line.get().text();
          return Optional.of(
              new OrderedPipeline.Line<>(
                  describe(line.get()), Optional.of(text), text.length() + OVERHEAD));
        }
        reader.close();
        reader = null;
      }
    } catch (NotTextException e) {
      throw new CommandFailure(name + ": " + e.getMessage(), e);
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
