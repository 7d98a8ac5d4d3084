// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.zip.CRC32;

/**
 * Changes the checksums in a zip's table of contents, for tests; whatever is not a whole table is
 * passed over.
 *
 * @see <a href="https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT">the format</a>
 */
public final class ZipHeaders {
  private static final int SIGNATURE = 0x02014b50;
  private static final int LENGTH = 46;
  private static final int LOCAL_LENGTH = 30;
  private static final int CHECKSUM = 16;
  private static final int PACKED_SIZE = 20;
  private static final int SIZE = 24;
  private static final int PLACE = 42;

  private final ByteBuffer zip;

  private ZipHeaders(byte[] zip) {
    this.zip = ByteBuffer.wrap(zip.clone()).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Returns the same archive with checksums that are right for what is stored, damaged or not. */
  public static byte[] mended(byte[] zip) {
    ZipHeaders headers = new ZipHeaders(zip);
    for (int at : headers.all()) {
      headers.mend(at);
    }
    return headers.zip.array();
  }

  /** Returns the same archive with another checksum of the entries of these names. */
  public static byte[] withChecksum(byte[] zip, Predicate<String> names, int checksum) {
    ZipHeaders headers = new ZipHeaders(zip);
    for (int at : headers.all()) {
      if (names.test(headers.name(at))) {
        headers.zip.putInt(at + CHECKSUM, checksum);
      }
    }
    return headers.zip.array();
  }

  /** Returns the same archive with an entry that is where another one is. */
  public static byte[] overlapping(byte[] zip, String name, String other) {
    ZipHeaders headers = new ZipHeaders(zip);
    int to = headers.of(name);
    int from = headers.of(other);
    for (int field : new int[] {CHECKSUM, PACKED_SIZE, SIZE, PLACE}) {
      headers.zip.putInt(to + field, headers.zip.getInt(from + field));
    }
    return headers.zip.array();
  }

  private String name(int at) {
    return new String(zip.array(), at + LENGTH, zip.getShort(at + 28), StandardCharsets.UTF_8);
  }

  private int of(String name) {
    return all().stream().filter(at -> name(at).equals(name)).findFirst().orElseThrow();
  }

  private List<Integer> all() {
    List<Integer> all = new ArrayList<>();
    for (int at = 0; at + LENGTH <= zip.limit(); at++) {
      if (zip.getInt(at) == SIGNATURE) {
        all.add(at);
      }
    }
    return all;
  }

  private void mend(int at) {
    boolean stored = zip.getShort(at + 10) == 0;
    long size = zip.getInt(at + SIZE) & 0xffff_ffffL;
    long local = zip.getInt(at + PLACE) & 0xffff_ffffL;
    if (!stored || local + LOCAL_LENGTH > zip.limit()) {
      return;
    }
    int begin = (int) local + LOCAL_LENGTH;
    begin += (zip.getShort(begin - 4) & 0xffff) + (zip.getShort(begin - 2) & 0xffff);
    if (begin + size <= zip.limit()) {
      CRC32 sum = new CRC32();
      sum.update(zip.array(), begin, (int) size);
      zip.putInt(at + CHECKSUM, (int) sum.getValue());
    }
  }
}
