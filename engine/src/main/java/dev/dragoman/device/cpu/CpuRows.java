// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import dev.dragoman.device.Tensor;

/** Rows of float32 that can be copied one by one, however they lie. */
interface CpuRows extends Tensor {

  /** Copies row {@code row} into {@code to}, from index {@code at} on. */
  void read(int row, float[] to, int at);

  /** Copies {@code from}, from index {@code at} on, into row {@code row}. */
  void write(int row, float[] from, int at);
}
