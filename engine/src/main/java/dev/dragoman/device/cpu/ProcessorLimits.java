// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import dev.dragoman.device.DataType;
import dev.dragoman.device.Limits;
import dev.dragoman.device.Shape;

/** Measures what one core can do at most: the best of several large products and copies. */
final class ProcessorLimits {
  private static final int ROWS = Products.TILE;
  private static final Shape WEIGHTS = new Shape(1024, 1024);
  private static final int COPIED = 1 << 24;
  private static final int RUNS = 12;

  private ProcessorLimits() {}

  static Limits measure(DataType precision) {
    return new Limits(
        2.0 * ROWS * WEIGHTS.size() / ProductTimes.best(precision, ROWS, WEIGHTS),
        2.0 * COPIED * Float.BYTES / copySeconds(),
        String.format(
            "measured on one core: a product of %d rows and %s weights, a copy of %d MiB",
            ROWS, WEIGHTS, ((long) COPIED * Float.BYTES) >> 20));
  }

  /** Arrays that no cache holds. */
  private static double copySeconds() {
    float[] from = new float[COPIED];
    float[] to = new float[COPIED];
    return best(() -> System.arraycopy(from, 0, to, 0, COPIED));
  }

  private static double best(Runnable work) {
    long best = Long.MAX_VALUE;
    for (int run = 0; run < RUNS; run++) {
      long start = System.nanoTime();
      work.run();
      best = Math.min(best, System.nanoTime() - start);
    }
    return best / 1e9;
  }
}
