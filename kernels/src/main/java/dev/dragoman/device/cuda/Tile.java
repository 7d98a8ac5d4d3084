// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import dev.dragoman.device.cuda.launch.Arguments;
import dev.dragoman.device.cuda.launch.Kernel;

/**
 * The part of a product that a block of a kernel of ours makes.
 *
 * @param <A> what the kernel takes
 * @param kernel that multiplies
 * @param rows of the tile
 * @param outputs of the tile
 * @param sharedBytes dynamic shared memory of the block
 */
record Tile<A extends Arguments>(Kernel<A> kernel, int rows, int outputs, int sharedBytes) {

  /**
   * Returns a measure of time where reading from the caches takes most of it: the rows of both
   * factors that a multiprocessor reads, one tile after the other.
   */
  long rowsRead(int ofRows, int ofOutputs, int multiprocessors) {
    Grid grid = grid(ofRows, ofOutputs);
    long tiles = (long) grid.x() * grid.y();
    long rounds = (tiles + multiprocessors - 1) / multiprocessors;
    return rounds * (Math.min(rows, ofRows) + Math.min(outputs, ofOutputs));
  }

  /** Returns a grid with one block for each tile. */
  Grid grid(int ofRows, int ofOutputs) {
    return new Grid(Grid.blocks(ofOutputs, outputs), Grid.blocks(ofRows, rows), sharedBytes);
  }
}
