// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.lines;

/** Tells of the bytes of one line, one after the other, whether it can be text. */
final class Utf8Line {
  private boolean hasZero;
  private boolean isUtf8 = true;

  /** Bytes that the character lacks, and what the next of them must be. */
  private int missing;

  private int least;
  private int most;

  /** Takes the line's next byte; the line feed that ends it is not given. */
  void add(byte next) {
    int value = next & 0xFF;
    if (missing > 0) {
      if (value >= least && value <= most) {
        missing--;
        expect(0x80, 0xBF);
        return;
      }
      isUtf8 = false;
      missing = 0;
    }
    hasZero |= value == 0;
    if (value >= 0x80) {
      begin(value);
    }
  }

  /** Follows the Unicode Standard, table 3-7: nothing overlong, surrogate or beyond U+10FFFF. */
  private void begin(int lead) {
    isUtf8 &= lead >= 0xC2 && lead <= 0xF4;
    missing = lead < 0xC2 || lead > 0xF4 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
    switch (lead) {
      case 0xE0 -> expect(0xA0, 0xBF);
      case 0xED -> expect(0x80, 0x9F);
      case 0xF0 -> expect(0x90, 0xBF);
      case 0xF4 -> expect(0x80, 0x8F);
      default -> expect(0x80, 0xBF);
    }
  }

  private void expect(int from, int to) {
    least = from;
    most = to;
  }

  /** Tells whether it holds zero bytes and, as far as it goes, is not UTF-8. */
  boolean isBinary() {
    return hasZero && !isUtf8;
  }

  /** Tells the same as {@link #isBinary} of a line that goes no further. */
  boolean endsBinary() {
    return hasZero && (!isUtf8 || missing > 0);
  }
}
