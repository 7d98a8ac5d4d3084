// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.lines;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;

/**
 * The bytes of an input, as long as they can be text. What is text is the same for every command,
 * and does not depend on how much of the input is known:
 *
 * <ul>
 *   <li>An input that begins as another format does is refused; see {@link OtherFormat}.
 *   <li>Bytes that are not UTF-8 are text that was damaged, and zero bytes are characters that
 *       nobody sees. But a line that has both is one of a binary file, and the input is refused.
 * </ul>
 */
public final class TextStream extends InputStream {
  private static final byte[] MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private final InputStream in;
  private final byte[] head;
  private int position;
  private long number = 1;
  private Utf8Line line = new Utf8Line();
  private boolean binary;

  private TextStream(InputStream in, byte[] head) {
    this.in = in;
    this.head = head;
  }

  /**
   * Looks at the beginning of an input, no further than it must: to its first line feed at most.
   *
   * @param in closed with the result, or if it is refused
   * @throws NotTextException if it is not text; reading the result throws it, too, at the first
   *     line that is not
   */
  public static TextStream open(InputStream in) throws IOException {
    try {
      return new TextStream(in, readHead(in));
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  private static byte[] readHead(InputStream in) throws IOException {
    byte[] bytes = new byte[OtherFormat.HEAD];
    int length = 0;
    int line = 0;
    int count = 0;
    while (count >= 0 && length < bytes.length && line == length) {
      count = in.read(bytes, length, bytes.length - length);
      length += Math.max(0, count);
      while (line < length && bytes[line] != '\n') {
        line++;
      }
    }
    Optional<String> other = OtherFormat.of(Arrays.copyOf(bytes, line));
    if (other.isPresent()) {
      throw new NotTextException(other.get());
    }
    byte[] head = Arrays.copyOf(bytes, length);
    return Arrays.equals(head, MARK) ? new byte[0] : head; // nothing but a mark is an empty text
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  /** {@inheritDoc} Lines before the first one that is not text can be read. */
  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int count = binary ? 0 : readUnchecked(bytes, offset, length);
    int text = count < 0 ? count : lengthOfText(bytes, offset, count);
    binary |= count < 0 && line.endsBinary();
    if (binary && text <= 0) {
      throw new NotTextException(
          "line "
              + number
              + " is not text: it holds zero bytes and bytes that are not UTF-8, as binary files"
              + " do");
    }
    return text;
  }

  private int readUnchecked(byte[] bytes, int offset, int length) throws IOException {
    if (position == head.length) {
      return in.read(bytes, offset, length);
    }
    int count = Math.min(length, head.length - position);
    System.arraycopy(head, position, bytes, offset, count);
    position += count;
    return count;
  }

  /** Counts those of these bytes that stand before the first line that is not text. */
  private int lengthOfText(byte[] bytes, int offset, int count) {
    int start = offset;
    for (int i = offset; i < offset + count; i++) {
      boolean ends = bytes[i] == '\n';
      if (!ends) {
        line.add(bytes[i]);
      }
      if (ends ? line.endsBinary() : line.isBinary()) {
        binary = true;
        return start - offset;
      }
      if (ends) {
        start = i + 1;
        number++;
        line = new Utf8Line();
      }
    }
    return count;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
