// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

import java.util.List;
import java.util.stream.Stream;

/**
 * The numbers of rows that batches have. A device makes a kernel or a graph of kernels ready for
 * each of them, so there are only a few, and a batch is filled up to the next one: 1, 2, 4, a
 * multiple of 8, and from 128 on one of sixteen sizes between a power of two and the next.
 *
 * @param least the smallest that is used, itself one of them
 */
public record BatchSizes(int least) {
  private static final int STEP = 8;
  private static final int STEPS_IN_OCTAVE = 16;

  /** Returns the size of a batch that holds {@code rows} rows. */
  public int filled(int rows) {
    if (rows <= least) {
      return least;
    }
    if (rows <= 2) {
      return rows;
    }
    if (rows <= 4) {
      return 4;
    }
    int step = Math.max(STEP, Integer.highestOneBit(rows) / STEPS_IN_OCTAVE);
    return (rows + step - 1) / step * step;
  }

  /** Returns all sizes from the least to {@code most}. */
  public List<Integer> upTo(int most) {
    return Stream.iterate(least, size -> size <= most, size -> filled(size + 1)).toList();
  }
}
