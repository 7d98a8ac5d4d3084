// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.text;

/**
 * Looks through a SentencePiece model before the library does, which ends the process where a piece
 * is empty or holds a NUL. The file is a Protocol Buffers message, sentencepiece_model.proto; its
 * field 1 is a piece, whose field 1 is its text.
 */
final class SentencePieceFile {
  private static final int PIECE = 1;
  private static final int TEXT = 1;

  /** The wire types of Protocol Buffers. */
  private static final int VARINT = 0;

  private static final int EIGHT_BYTES = 1;
  private static final int BYTES = 2;
  private static final int FOUR_BYTES = 5;

  private final byte[] bytes;
  private final int end;
  private int position;

  private SentencePieceFile(byte[] bytes, int start, int end) {
    this.bytes = bytes;
    this.position = start;
    this.end = end;
  }

  /**
   * Refuses what the library cannot be given.
   *
   * @throws IllegalArgumentException that says why
   */
  static void check(byte[] model) {
    new SentencePieceFile(model, 0, model.length).checkPieces();
  }

  private void checkPieces() {
    int pieces = 0;
    while (position < end) {
      long tag = varint();
      if (tag == (PIECE << 3 | BYTES)) {
        int length = length();
        new SentencePieceFile(bytes, position, position + length).checkText(pieces++);
        position += length;
      } else {
        skip(tag);
      }
    }
  }

  private void checkText(int piece) {
    boolean there = false;
    while (position < end) {
      long tag = varint();
      if (tag == (TEXT << 3 | BYTES)) {
        int length = length();
        there = length > 0;
        for (int i = 0; i < length; i++) {
          there &= bytes[position++] != 0;
        }
        if (!there) {
          break;
        }
      } else {
        skip(tag);
      }
    }
    if (!there) {
      throw new IllegalArgumentException(
          "not a SentencePiece model: piece " + piece + " is empty or holds a NUL");
    }
  }

  private void skip(long tag) {
    switch ((int) (tag & 7)) {
      case VARINT -> varint();
      case EIGHT_BYTES -> advance(Long.BYTES);
      case BYTES -> advance(length());
      case FOUR_BYTES -> advance(Integer.BYTES);
      default -> throw broken();
    }
  }

  private void advance(int count) {
    if (count > end - position) {
      throw broken();
    }
    position += count;
  }

  private int length() {
    long length = varint();
    if (length < 0 || length > end - position) {
      throw broken();
    }
    return (int) length;
  }

  /**
   * Reads a number with seven bits in a byte, the lowest first; the highest bit says that more
   * follow.
   */
  private long varint() {
    long number = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      if (position == end) {
        throw broken();
      }
      byte next = bytes[position++];
      number |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return number;
      }
    }
    throw broken();
  }

  private IllegalArgumentException broken() {
    return new IllegalArgumentException("not a SentencePiece model: broken at byte " + position);
  }
}
