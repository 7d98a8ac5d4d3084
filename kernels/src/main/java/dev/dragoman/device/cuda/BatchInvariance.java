// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import dev.dragoman.device.BatchSizes;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntPredicate;

/**
 * Says from how many rows on a product gives a row the same bits in every batch. NVIDIA's libraries
 * have many kernels for a product, and those for few rows may add up in another order than those
 * for many; then the last bits of a translation would depend on the sentences beside it. NVIDIA
 * promises nothing about that, so all sizes of batches are tried.
 */
final class BatchInvariance {
  /** The most rows of one product; more rows are multiplied in parts. */
  private static final int MOST_ROWS = 4096;

  /**
   * The least ratio of the largest batch to the smallest one, at which the parts of a larger
   * product still are batches of usual sizes.
   */
  private static final int LARGEST_BY_LEAST = 16;

  /**
   * The most rows that the batch of one sentence is filled up to; more would cost more than cuBLAS
   * gains.
   */
  private static final int MOST_FILLED = 256;

  /** The most bytes that the results of the largest product take. */
  private static final long MOST_BYTES = 1L << 30;

  private final int mostRows;
  private final boolean trusts;

  private BatchInvariance(int mostRows, boolean trusts) {
    this.mostRows = mostRows;
    this.trusts = trusts;
  }

  /** Returns one that is to be tried with all sizes of batches. */
  static BatchInvariance tried() {
    return triedUpTo(MOST_ROWS);
  }

  /**
   * Returns one that is to be tried with all sizes of batches up to this one.
   *
   * @param rows a power of two
   */
  static BatchInvariance triedUpTo(int rows) {
    return new BatchInvariance(rows, false);
  }

  /**
   * Returns one that needs no trial, as the libraries (the emulated ones) keep the order of their
   * sums by construction.
   */
  static BatchInvariance trusted() {
    return new BatchInvariance(MOST_ROWS, true);
  }

  /** Returns whether nothing needs to be tried. */
  boolean isTrusted() {
    return trusts;
  }

  /**
   * Returns the most rows of one product of this shape: a power of two that takes little memory.
   */
  int mostRows(ProductShape shape) {
    int rows = mostRows;
    while (rows > 1 && rows * shape.bytesOfRow() > MOST_BYTES) {
      rows /= 2;
    }
    return rows;
  }

  /**
   * Returns the number of rows that smaller batches have to be filled up to.
   *
   * @param most rows of the largest batch
   * @param agrees whether each row has the same bits in a batch of so many rows as in the largest
   * @return empty where it would be too many rows
   */
  static OptionalInt leastRows(int most, IntPredicate agrees) {
    List<Integer> sizes = new BatchSizes(1).upTo(most);
    int least = most;
    for (int i = sizes.size() - 1; i >= 0 && agrees.test(sizes.get(i)); i--) {
      least = sizes.get(i);
    }
    boolean isFew = least <= Math.min(MOST_FILLED, Math.max(1, most / LARGEST_BY_LEAST));
    return isFew ? OptionalInt.of(least) : OptionalInt.empty();
  }
}
