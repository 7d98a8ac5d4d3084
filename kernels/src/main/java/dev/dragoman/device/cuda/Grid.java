// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import dev.dragoman.device.cuda.launch.Constants;
import dev.dragoman.device.cuda.launch.Kernel;

/**
 * The blocks of a launch; the kernel says how many threads a block has.
 *
 * @param x blocks along x
 * @param y blocks along y
 * @param sharedBytes dynamic shared memory of a block
 */
record Grid(int x, int y, int sharedBytes) {

  /** Returns one block for each of {@code blocks} pieces of work. */
  static Grid of(int blocks) {
    return new Grid(blocks, 1, 0);
  }

  /**
   * Returns blocks with one warp for each of {@code warps} pieces of work; the kernel says how many
   * warps a block has.
   */
  static Grid ofWarps(int warps, Kernel<?> kernel) {
    return of(blocks(warps, kernel.threads() / Constants.WARP));
  }

  /** Returns how many blocks {@code count} pieces of work take. */
  static int blocks(int count, int ofBlock) {
    return (count + ofBlock - 1) / ofBlock;
  }

  Grid withShared(int bytes) {
    return new Grid(x, y, bytes);
  }
}
