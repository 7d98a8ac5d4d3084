// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.files;

import static dev.dragoman.cli.console.PlainText.format;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A buffered destination of translations that counts the lines that have surely arrived. The
 * methods may be called from the thread that writes and from one that ends the program.
 */
public abstract class Output {
  private static final int BUFFER = 1 << 16;

  private final OutputStream out;
  private final ByteArrayOutputStream buffer = new ByteArrayOutputStream();
  private long bufferedLines;
  private long safeLines;
  private long safeBytes;
  private boolean ended;

  Output(OutputStream out) {
    this.out = out;
  }

  /** Opens a file, which appears as a whole or not at all, or a device or a pipe. */
  public static Output to(Path path) throws IOException {
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      return new StreamOutput(path.toString(), Files.newOutputStream(path));
    }
    return FileOutput.begin(path);
  }

  /** Returns the name that messages show. */
  public abstract String name();

  /** Makes what was written the result. */
  abstract void publish() throws IOException;

  /**
   * Ends without a result.
   *
   * @return what is left of the work, in words
   */
  abstract String keep(long lines, long bytes) throws IOException;

  /** Writes all that one input line gave. */
  public final synchronized void write(String text) throws IOException {
    if (ended) {
      return; // the program is ending; the user has been told what is there
    }
    buffer.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    bufferedLines++;
    if (buffer.size() >= BUFFER) {
      flush();
    }
  }

  /** Writes what is buffered. */
  public final synchronized void flush() throws IOException {
    if (ended || bufferedLines == 0) {
      return;
    }
    buffer.writeTo(out);
    out.flush();
    safeLines += bufferedLines;
    safeBytes += buffer.size();
    bufferedLines = 0;
    buffer.reset();
  }

  /** Makes what has been written the result. */
  public final synchronized void complete() throws IOException {
    flush();
    if (!ended) {
      publish();
      ended = true;
    }
  }

  /**
   * Gives up after a failure.
   *
   * @return what is left of the work, in words; empty if this output has ended already
   */
  public final synchronized String abandon() throws IOException {
    if (ended) {
      return "";
    }
    ended = true;
    return keep(safeLines, safeBytes);
  }

  /** Returns {@code the first 12 lines}, for messages. */
  static String first(long lines) {
    return switch ((int) Math.min(lines, 2)) {
      case 0 -> "no line";
      case 1 -> "the first line";
      default -> format("the first %,d lines", lines);
    };
  }
}
