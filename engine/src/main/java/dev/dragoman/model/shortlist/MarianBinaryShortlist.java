// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.shortlist;

import dev.dragoman.model.ModelFormatException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads Marian's binary shortlists, {@code lex.s2t.bin}, all little-endian: 64-bit numbers for the
 * magic, a checksum of everything after it, how many words of the vocabulary are in every
 * shortlist, how many a source word brings at most, and the lengths of two arrays; then the first
 * array, where each source word's target words begin and the last ones end (64-bit), and the
 * second, the target words (32-bit).
 *
 * @see <a
 *     href="https://github.com/marian-nmt/marian-dev/blob/master/src/data/shortlist.h">marian-dev</a>
 */
final class MarianBinaryShortlist {
  private static final long MAGIC = 0xF11A48D5013417F5L;
  private static final int HEADER = 6 * Long.BYTES;

  private MarianBinaryShortlist() {}

  static boolean is(byte[] bytes) {
    return bytes.length >= Long.BYTES && numbers(bytes).getLong(0) == MAGIC;
  }

  /**
   * Reads it.
   *
   * @throws ModelFormatException if it is broken, or of another model
   */
  static Shortlist read(ShortlistBytes file, ShortlistWords words) {
    int length = file.bytes().length;
    ByteBuffer in = numbers(file.bytes());
    if (length < HEADER) {
      throw file.wrong("it ends within its header");
    }
    long first = in.getLong(2 * Long.BYTES);
    long offsets = in.getLong(4 * Long.BYTES);
    long targets = in.getLong(5 * Long.BYTES);
    boolean fits =
        0 < offsets
            && offsets <= length / Long.BYTES
            && 0 <= targets
            && targets <= length / Integer.BYTES
            && HEADER + offsets * Long.BYTES + targets * Integer.BYTES == length;
    if (!fits) {
      throw file.wrong(
          "%d bytes do not hold %d offsets and %d words".formatted(length, offsets, targets));
    }
    if (in.getLong(Long.BYTES) != checksum(in)) {
      throw file.wrong("its checksum is wrong: it is damaged");
    }
    if (offsets - 1 != words.source().size()) {
      throw file.wrong(
          "it is for %d source words, but the model has %d"
              .formatted(offsets - 1, words.source().size()));
    }
    int most = (int) Math.max(0, Math.min(first, Integer.MAX_VALUE));
    return MarianLexicon.of(words, most, ofWords(file, in, words));
  }

  private static Map<List<Integer>, int[]> ofWords(
      ShortlistBytes file, ByteBuffer in, ShortlistWords words) {
    int offsets = (int) in.getLong(4 * Long.BYTES);
    int count = (int) in.getLong(5 * Long.BYTES);
    int begin = HEADER + offsets * Long.BYTES;
    Map<List<Integer>, int[]> ofWords = new HashMap<>();
    for (int source = 0; source + 1 < offsets; source++) {
      long from = in.getLong(HEADER + source * Long.BYTES);
      long to = in.getLong(HEADER + (source + 1) * Long.BYTES);
      if (from < 0 || from > to || to > count) {
        throw file.wrong(
            "the words of source word %d are %d to %d of %d".formatted(source, from, to, count));
      }
      int[] targets = new int[(int) (to - from)];
      for (int i = 0; i < targets.length; i++) {
        targets[i] = in.getInt(begin + (int) (from + i) * Integer.BYTES);
        if (targets[i] < 0 || targets[i] >= words.target().size()) {
          throw file.wrong(
              "source word %d has word %d, but the model has %d words"
                  .formatted(source, Integer.toUnsignedLong(targets[i]), words.target().size()));
        }
      }
      ofWords.put(List.of(source), targets);
    }
    return ofWords;
  }

  /** Returns Marian's hash of the 64-bit numbers after it, as boost combines hashes. */
  static long checksum(ByteBuffer in) {
    long seed = 0;
    for (int at = 2 * Long.BYTES; at + Long.BYTES <= in.limit(); at += Long.BYTES) {
      seed ^= in.getLong(at) + 0x9e3779b9L + (seed << 6) + (seed >>> 2);
    }
    return seed;
  }

  private static ByteBuffer numbers(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
