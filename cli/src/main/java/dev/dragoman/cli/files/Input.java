// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.files;

import dev.dragoman.cli.console.CommandFailure;
import dev.dragoman.cli.console.Console;
import dev.dragoman.lines.NotTextException;
import dev.dragoman.lines.TextStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** One of the texts to translate: a file, or standard input, which is called {@code -}. */
public record Input(Path file) {
  private static final Path STANDARD_INPUT = Path.of("-");

  /** Says whether it is standard input. */
  public boolean isStandard() {
    return file.equals(STANDARD_INPUT);
  }

  /** Returns the name that messages show. */
  String name() {
    return isStandard() ? "standard input" : file.toString();
  }

  /** Refuses what cannot be read or is not text, as far as is seen before a model is loaded. */
  public void check() throws IOException {
    if (isStandard()) {
      return;
    }
    if (!Files.exists(file)) {
      throw new CommandFailure(file + ": no such file");
    }
    if (Files.isDirectory(file)) {
      throw new CommandFailure(file + ": is a directory");
    }
    if (!Files.isReadable(file)) {
      throw new CommandFailure(file + ": permission denied");
    }
    if (Files.isRegularFile(file)) { // what a pipe has is gone when it has been read
      text(Files.newInputStream(file)).close();
    }
  }

  /** Says whether this file is that one. */
  public boolean isSameFile(Path other) throws IOException {
    Path path = onDisk();
    return Files.exists(path) && Files.exists(other) && Files.isSameFile(path, other);
  }

  /** Returns the path at which a regular file can be read at any time. */
  public Path onDisk() {
    return isStandard() ? Path.of("/dev/stdin") : file;
  }

  /** Bytes of the text; empty where that is known at its end only. */
  public OptionalLong size() throws IOException {
    return Files.isRegularFile(onDisk())
        ? OptionalLong.of(Files.size(onDisk()))
        : OptionalLong.empty();
  }

  /** Opens the text at its beginning; standard input can be opened only once. */
  InputStream open(Console console) throws IOException {
    return text(isStandard() ? console.in() : Files.newInputStream(file));
  }

  private InputStream text(InputStream bytes) throws IOException {
    try {
      return TextStream.open(bytes);
    } catch (NotTextException e) {
      throw new CommandFailure(name() + ": " + e.getMessage(), e);
    }
  }
}
