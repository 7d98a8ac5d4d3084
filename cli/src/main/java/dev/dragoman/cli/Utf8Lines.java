package dev.dragoman.cli;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads lines of UTF-8; stands in for the engine's line reader. */
final class Utf8Lines implements Closeable {
  record Line(String text, String terminator, int malformed) {}

  private final InputStream in;
  private final byte[] buffer = new byte[1 << 16];
  private int position;
  private int limit;

  Utf8Lines(InputStream in) {
    this.in = in;
  }

  Optional<Line> next() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    while (true) {
      if (position == limit) {
        limit = in.read(buffer);
        position = 0;
        if (limit < 0) {
          limit = 0;
          return bytes.size() == 0 ? Optional.empty() : Optional.of(line(bytes, ""));
        }
      }
      byte b = buffer[position++];
      if (b == '\n') {
        return Optional.of(line(bytes, "\n"));
      }
      bytes.write(b);
    }
  }

  private static Line line(ByteArrayOutputStream bytes, String terminator) {
    String text = bytes.toString(StandardCharsets.UTF_8);
    int malformed = (int) text.chars().filter(c -> c == '\uFFFD').count();
    return terminator.isEmpty() || !text.endsWith("\r")
        ? new Line(text, terminator, malformed)
        : new Line(text.substring(0, text.length() - 1), "\r\n", malformed);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
