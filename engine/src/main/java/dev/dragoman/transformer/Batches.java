package dev.dragoman.transformer;

/**
 * The sizes of batches. A device makes a kernel or a graph of kernels ready for each number of
 * rows, so only a few numbers are used, and a batch is filled up to the next of them.
 */
final class Batches {
  private static final int STEP = 8;

  private Batches() {}

  /** The size of a batch that holds {@code rows} rows: 1, 2, 4 or a multiple of 8. */
  static int filled(int rows) {
    if (rows <= 2) {
      return rows;
    }
    return rows <= 4 ? 4 : (rows + STEP - 1) / STEP * STEP;
  }
}
