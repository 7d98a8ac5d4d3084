package dev.dragoman.device.cuda;

/**
 * The part of a product that a block of a kernel of ours makes.
 *
 * @param kernel what stands in the kernel's name: {@code wide_}
 * @param rows of the tile
 * @param outputs of the tile
 * @param threads of the block
 * @param sharedBytes dynamic shared memory of the block
 */
record Tile(String kernel, int rows, int outputs, int threads, int sharedBytes) {

  /**
   * A measure of time where reading from the caches takes the most of it: rows of both factors that
   * a multiprocessor reads, one tile after the other.
   */
  long rowsRead(int ofRows, int ofOutputs, int multiprocessors) {
    Grid grid = grid(ofRows, ofOutputs);
    long tiles = (long) grid.x() * grid.y();
    long rounds = (tiles + multiprocessors - 1) / multiprocessors;
    return rounds * (Math.min(rows, ofRows) + Math.min(outputs, ofOutputs));
  }

  /** One block for each tile. */
  Grid grid(int ofRows, int ofOutputs) {
    return new Grid(
        (ofOutputs + outputs - 1) / outputs, (ofRows + rows - 1) / rows, threads, sharedBytes);
  }
}
