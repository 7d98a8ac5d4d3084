// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import dev.dragoman.device.Agreement;
import dev.dragoman.device.Tensor;

/** Copies numbers between Java's arrays and tensors, row by row. */
final class CpuCopies {
  private CpuCopies() {}

  /** Writes the first rows of a tensor; the array holds whole rows, as many as fit at most. */
  static void upload(float[] from, Tensor to) {
    int columns = to.shape().columns();
    Agreement.check(from.length % columns == 0 && from.length <= to.shape().size(), "upload", to);
    for (int row = 0; row < from.length / columns; row++) {
      ((CpuRows) to).write(row, from, row * columns);
    }
  }

  /** Writes the first numbers of an I32 tensor. */
  static void upload(int[] from, Tensor to) {
    if (from.length > to.shape().size()) { // the rows of each step come this way: no garbage
      Agreement.check(false, "upload", to);
    }
    System.arraycopy(from, 0, CpuTensor.ints(to), CpuTensor.of(to).at(0), from.length);
  }

  /** Reads all numbers of a tensor, whatever its type, as float32. */
  static void download(Tensor from, float[] to) {
    int columns = from.shape().columns();
    for (int row = 0; row < from.shape().rows(); row++) {
      ((CpuRows) from).read(row, to, row * columns);
    }
  }

  /** Reads all numbers of an I32 tensor. */
  static void download(Tensor from, int[] to) {
    int first = CpuTensor.of(from).at(0);
    System.arraycopy(CpuTensor.ints(from), first, to, 0, from.shape().size());
  }
}
