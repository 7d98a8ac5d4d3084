// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.text;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Reads lines as bytes, with what ends them. It reads no further than to the end of a line that is
 * there already, as the next may not come for long. Needs memory for the longest line. Not for
 * several threads.
 */
public final class RawLines implements AutoCloseable {
  private static final int BUFFER = 1 << 16;
  private static final byte[] MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER];
  private int position;
  private int limit;
  private long number;

  /** Reads from where the stream stands; {@link #close} closes it. */
  public RawLines(InputStream in) {
    this.in = in;
  }

  /** Returns the next line with its line feed, which only the last may lack; null at the end. */
  public byte[] next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (position < limit || fill()) {
      int end = position;
      while (end < limit && buffer[end] != '\n') {
        end++;
      }
      boolean complete = end < limit;
      int length = end - position + (complete ? 1 : 0);
      line.write(buffer, position, length);
      position += length;
      if (complete) {
        break;
      }
    }
    if (line.size() == 0) {
      return null;
    }
    number++;
    return line.toByteArray();
  }

  /** Returns the number of lines read so far. */
  public long number() {
    return number;
  }

  /**
   * Returns where the content of a line begins that may have a byte order mark: the first, and in
   * files that were joined others, too.
   */
  public static int afterMark(byte[] line) {
    return line.length >= MARK.length && Arrays.equals(line, 0, MARK.length, MARK, 0, MARK.length)
        ? MARK.length
        : 0;
  }

  /**
   * Returns where the content of a line ends: before its line feed and the carriage return before
   * that.
   */
  public static int end(byte[] line) {
    int end = line.length;
    if (end > 0 && line[end - 1] == '\n') {
      end--;
      if (end > 0 && line[end - 1] == '\r') {
        end--;
      }
    }
    return end;
  }

  private boolean fill() throws IOException {
    position = 0;
    limit = Math.max(0, in.read(buffer));
    return limit > 0;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
