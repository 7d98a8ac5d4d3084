// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.text;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads lines of UTF-8. A line ends only at a line feed, so that other programs that count lines
 * agree; what is not UTF-8 becomes U+FFFD. Needs memory for the longest line. Not for several
 * threads.
 */
public final class LineReader implements AutoCloseable {

  private static final int BUFFER = 1 << 16;
  private static final char REPLACEMENT = '\ufffd';
  private static final byte[] MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  /**
   * One line.
   *
   * @param text without its terminator
   * @param terminator a line feed, with the carriage return before it if there is one; empty if the
   *     input ends without
   * @param malformed how many places were not UTF-8 and became U+FFFD
   */
  public record Line(String text, String terminator, int malformed) {}

  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER];
  private int position;
  private int limit;
  private boolean started;

  /** Reads from where the stream stands; {@link #close} closes it. */
  public LineReader(InputStream in) {
    this.in = in;
  }

  /** Returns the next line, or nothing at the end. An empty input has no line. */
  public Optional<Line> next() throws IOException {
    skipByteOrderMark();
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (position < limit || fill()) {
      int end = position;
      while (end < limit && buffer[end] != '\n') {
        end++;
      }
      line.write(buffer, position, end - position);
      position = end;
      if (end < limit) {
        position++;
        return Optional.of(line(line.toByteArray(), "\n"));
      }
    }
    return line.size() == 0 ? Optional.empty() : Optional.of(line(line.toByteArray(), ""));
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private void skipByteOrderMark() throws IOException {
    if (started) {
      return;
    }
    started = true;
    // It reads no byte more than needed: after a first short line nothing may come for long.
    while (limit < MARK.length && Arrays.equals(buffer, 0, limit, MARK, 0, limit)) {
      int read = in.read(buffer, limit, buffer.length - limit);
      if (read < 0) {
        return;
      }
      limit += read;
    }
    boolean marked =
        limit >= MARK.length && Arrays.equals(buffer, 0, MARK.length, MARK, 0, MARK.length);
    position = marked ? MARK.length : 0;
  }

  private boolean fill() throws IOException {
    position = 0;
    limit = Math.max(0, in.read(buffer));
    return limit > 0;
  }

  private static Line line(byte[] bytes, String lineFeed) {
    int length = bytes.length;
    String terminator = lineFeed;
    if (!lineFeed.isEmpty() && length > 0 && bytes[length - 1] == '\r') {
      length--;
      terminator = "\r\n";
    }
    String text = new String(bytes, 0, length, StandardCharsets.UTF_8);
    int replaced = text.indexOf(REPLACEMENT) < 0 ? 0 : replacements(text) - replacements(bytes);
    return new Line(text, terminator, replaced);
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
