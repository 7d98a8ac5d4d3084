package dev.dragoman.transformer;

/**
 * The sizes of batches. A device makes a kernel or a graph of kernels ready for each number of
 * rows, so only a few numbers are used, and a batch is filled up to the next of them.
 */
final class Batches {
  private static final int STEP = 8;

  /** Up to here the sizes of steps are STEP apart. */
  private static final int FINE = 256;

  /** Beyond, so many sizes lie between a power of two and the next. */
  private static final int SIZES = 8;

  private Batches() {}

  /** The size of a batch that holds {@code rows} rows: 1, 2, 4 or a multiple of 8. */
  static int filled(int rows) {
    if (rows <= 2) {
      return rows;
    }
    return rows <= 4 ? 4 : multiple(rows, STEP);
  }

  /**
   * The same for a decoder step, which a device records once for each size: beyond 256 there are
   * eight for each doubling, so that at most an eighth of the rows are there for nothing.
   */
  static int ofStep(int rows) {
    return rows <= FINE ? filled(rows) : multiple(rows, Integer.highestOneBit(rows - 1) / SIZES);
  }

  private static int multiple(int rows, int step) {
    return (rows + step - 1) / step * step;
  }
}
