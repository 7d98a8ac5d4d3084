package dev.dragoman.device.cuda;

import dev.dragoman.device.BatchSizes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From how many rows on cuBLAS gives a row the same bits in every batch. It has many kernels for a
 * product, and those for few rows may add up in another order than those for many; then the last
 * bits of a translation would depend on the sentences beside it. It promises nothing, so each shape
 * of weights is tried with all sizes of batches when it is loaded. Smaller batches than the least
 * that is found are filled up to it; where that would be too many rows, cuBLAS is not used for the
 * shape. Safe for several threads.
 */
final class BatchInvariance {
  private static final Logger log = LoggerFactory.getLogger(BatchInvariance.class);

  /** More rows than these are multiplied in parts. */
  private static final int MOST_ROWS = 4096;

  /** Parts are whole sizes of batches if none is smaller than this share of the largest. */
  private static final int LARGEST_BY_LEAST = 16;

  /** Filling the batch of one sentence up to more than this would cost more than cuBLAS gains. */
  private static final int MOST_FILLED = 256;

  /** Of the results of the largest product. */
  private static final long MOST_BYTES = 1L << 30;

  private final int mostRows;
  private final boolean trusts;
  private final Map<String, OptionalInt> leastOfShapes = new HashMap<>();

  private BatchInvariance(int mostRows, boolean trusts) {
    this.mostRows = mostRows;
    this.trusts = trusts;
  }

  /** To be tried; but the emulated cuBLAS has one order by construction. */
  static BatchInvariance ofThisDriver() {
    return NativeLibraries.isEmulated()
        ? new BatchInvariance(MOST_ROWS, true)
        : triedUpTo(MOST_ROWS);
  }

  /**
   * Tried with all sizes of batches up to this one.
   *
   * @param rows a power of two
   */
  static BatchInvariance triedUpTo(int rows) {
    return new BatchInvariance(rows, false);
  }

  /** The most rows of one product: a power of two, as far as they take little memory. */
  int mostRows(long bytesOfRow) {
    int rows = mostRows;
    while (rows > 1 && rows * bytesOfRow > MOST_BYTES) {
      rows /= 2;
    }
    return rows;
  }

  /** Whether a shape has to be tried yet. */
  synchronized boolean isUnknown(String shape) {
    return !trusts && !leastOfShapes.containsKey(shape);
  }

  /**
   * Tries a shape.
   *
   * @param most rows of the largest product of this shape
   * @param agrees whether each row has the same bits in a batch of so many rows as in the largest
   */
  synchronized void tryOut(String shape, int most, IntPredicate agrees) {
    List<Integer> sizes = new BatchSizes(1).upTo(most);
    int least = most;
    for (int i = sizes.size() - 1; i >= 0 && agrees.test(sizes.get(i)); i--) {
      least = sizes.get(i);
    }
    boolean use = least <= Math.min(MOST_FILLED, Math.max(1, most / LARGEST_BY_LEAST));
    if (least > 1) {
      log.info(
          "cuBLAS gives rows of {} other bits in batches of fewer than {}: {}",
          shape,
          least,
          use ? "batches are filled up to that" : "our own kernels multiply them");
    }
    leastOfShapes.put(shape, use ? OptionalInt.of(least) : OptionalInt.empty());
  }

  /** Whether cuBLAS is used for a shape. */
  synchronized boolean uses(String shape) {
    return leastOfShapes.getOrDefault(shape, OptionalInt.of(1)).isPresent();
  }

  /** The least number of rows that suits all shapes. */
  synchronized int leastRows() {
    return leastOfShapes.values().stream().flatMapToInt(OptionalInt::stream).max().orElse(1);
  }
}
