package dev.dragoman.transformer;

/**
 * The sizes of batches. A device makes a kernel or a graph of kernels ready for each number of
 * rows, so only a few numbers are used, and a batch is filled up to the next of them.
 */
final class Batches {
  private static final int STEP = 8;
  private static final int STEPS_IN_OCTAVE = 16;

  private Batches() {}

  /**
   * The size of a batch that holds {@code rows} rows: 1, 2, 4, a multiple of 8, and from 128 on one
   * of sixteen sizes between a power of two and the next.
   */
  static int filled(int rows) {
    if (rows <= 2) {
      return rows;
    }
    if (rows <= 4) {
      return 4;
    }
    int step = Math.max(STEP, Integer.highestOneBit(rows) / STEPS_IN_OCTAVE);
    return (rows + step - 1) / step * step;
  }
}
