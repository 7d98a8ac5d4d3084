package dev.dragoman.cli.batch;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Refuses what is not text, by the beginning of a file. */
final class TextCheck {
  private static final int LOOKED_AT = 1 << 13;
  private static final byte[] MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private TextCheck() {}

  /** The same bytes. */
  static InputStream open(InputStream in) throws IOException {
    BufferedInputStream buffered = new BufferedInputStream(in, LOOKED_AT);
    buffered.mark(LOOKED_AT);
    byte[] head = buffered.readNBytes(LOOKED_AT);
    if (head.length >= 2 && (isPair(head, 0xFF, 0xFE) || isPair(head, 0xFE, 0xFF))) {
      throw new BatchException("is UTF-16, not UTF-8: convert it with iconv -f UTF-16 -t UTF-8");
    }
    for (int i = 0; i < head.length; i++) {
      if (head[i] == 0) {
        throw new BatchException("is a binary file: byte " + (i + 1) + " is zero");
      }
    }
    if (Arrays.equals(head, MARK)) { // nothing but a mark is an empty text
      return InputStream.nullInputStream();
    }
    buffered.reset();
    return buffered;
  }

  private static boolean isPair(byte[] head, int first, int second) {
    return (head[0] & 0xFF) == first && (head[1] & 0xFF) == second;
  }
}
