package dev.dragoman.device.cuda;

/**
 * The shape of a launch.
 *
 * @param x blocks along x
 * @param y blocks along y
 * @param threads of a block
 * @param sharedBytes dynamic shared memory of a block
 */
record Grid(int x, int y, int threads, int sharedBytes) {

  /** One block for each of {@code blocks} pieces of work. */
  static Grid of(int blocks, int threads) {
    return new Grid(blocks, 1, threads, 0);
  }

  /** One warp of 32 threads for each of {@code warps} pieces of work, four to a block. */
  static Grid ofWarps(int warps) {
    return of((warps + 3) / 4, 128);
  }

  Grid withShared(int bytes) {
    return new Grid(x, y, threads, bytes);
  }

  @Override
  public String toString() {
    return "<<<" + x + "x" + y + ", " + threads + ", " + sharedBytes + " bytes>>>";
  }
}
