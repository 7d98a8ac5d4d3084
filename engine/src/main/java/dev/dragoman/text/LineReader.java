// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.text;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Reads lines of UTF-8 as text. A line ends only at a line feed, so that it has the number that
 * other programs give it; what is not UTF-8 becomes U+FFFD. A byte order mark before the first line
 * is no part of it. Not for several threads.
 */
public final class LineReader implements AutoCloseable {
  private static final char REPLACEMENT = '\ufffd';

  /**
   * One line.
   *
   * @param text without its terminator
   * @param terminator a line feed, with the carriage return before it if there is one; empty if the
   *     input ends without
   * @param malformed how many places were not UTF-8 and became U+FFFD
   */
  public record Line(String text, String terminator, int malformed) {}

  private final RawLines lines;

  /** Reads from where the stream stands; {@link #close} closes it. */
  public LineReader(InputStream in) {
    this.lines = new RawLines(in);
  }

  /**
   * Returns the next line, or nothing at the end. An input that is empty but for a byte order mark
   * has no line.
   */
  public Optional<Line> next() throws IOException {
    byte[] line = lines.next();
    if (line == null) {
      return Optional.empty();
    }
    int start = lines.number() == 1 ? RawLines.afterMark(line) : 0;
    return start == line.length ? Optional.empty() : Optional.of(line(line, start));
  }

  private static Line line(byte[] bytes, int start) {
    int end = RawLines.end(bytes);
    String text = new String(bytes, start, end - start, StandardCharsets.UTF_8);
    int replaced = text.indexOf(REPLACEMENT) < 0 ? 0 : replacements(text) - replacements(bytes);
    String terminator = new String(bytes, end, bytes.length - end, StandardCharsets.US_ASCII);
    return new Line(text, terminator, replaced);
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }

  private static int replacements(String text) {
    return (int) text.chars().filter(c -> c == REPLACEMENT).count();
  }

  /** Returns how often the bytes themselves spell U+FFFD. */
  private static int replacements(byte[] bytes) {
    int count = 0;
    for (int i = 2; i < bytes.length; i++) {
      if (bytes[i - 2] == (byte) 0xEF && bytes[i - 1] == (byte) 0xBF && bytes[i] == (byte) 0xBD) {
        count++;
      }
    }
    return count;
  }
}
