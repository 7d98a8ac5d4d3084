// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import dev.dragoman.device.Linear;
import java.util.List;

/**
 * The weights of a product as oneDNN's kernels read them fastest, in one piece or in slices of its
 * outputs. Immutable.
 */
record PackedLinear(int inputs, int outputs, List<PackedSlice> slices) implements Linear {

  /** Returns the weights of a product in one piece. */
  PackedSlice whole() {
    if (slices.size() > 1) {
      throw new IllegalArgumentException("weights of " + slices.size() + " slices");
    }
    return slices.get(0);
  }

  long bytes() {
    return slices.stream().mapToLong(PackedSlice::bytes).sum();
  }

  void close() {
    slices.forEach(PackedSlice::close);
  }
}
