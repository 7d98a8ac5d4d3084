// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model;

import java.util.Arrays;
import java.util.Random;

/** Damages files in seeded, random ways: changed, swapped and missing bytes, and strange sizes. */
public final class Mutations {

  private static final byte[] EXTREMES = {0, 1, 0x7f, (byte) 0x80, (byte) 0xff};

  private final Random random;

  public Mutations(long seed) {
    random = new Random(seed);
  }

  /** Returns a damaged copy. */
  public byte[] of(byte[] good) {
    byte[] bad = random.nextInt(8) == 0 ? Arrays.copyOf(good, random.nextInt(good.length)) : good;
    bad = bad.clone();
    for (int change = random.nextInt(4); change >= 0 && bad.length > 0; change--) {
      int at = random.nextInt(bad.length);
      switch (random.nextInt(4)) {
        case 0 -> bad[at] = (byte) random.nextInt(256);
        case 1 -> bad[at] ^= (byte) (1 << random.nextInt(Byte.SIZE));
        case 2 -> {
          int end = Math.min(bad.length, at + 1 + random.nextInt(Long.BYTES));
          Arrays.fill(bad, at, end, EXTREMES[random.nextInt(EXTREMES.length)]);
        }
        default -> bad[at] = bad[random.nextInt(bad.length)];
      }
    }
    return bad;
  }
}
