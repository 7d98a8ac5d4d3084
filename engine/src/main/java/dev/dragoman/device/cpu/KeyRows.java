// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

/**
 * The keys (or values) that a query sees: {@code count} rows, the first head of row t at {@code
 * offsets[t]} of its array, the other heads {@code headStride} numbers apart.
 */
final class KeyRows {
  int[] offsets = new int[VectorMath.PADDING];
  int count;
  int headStride;

  /** Begins anew, with room for so many. */
  void clear(int capacity, int headStride) {
    this.count = 0;
    this.headStride = headStride;
    if (capacity > offsets.length) {
      offsets = new int[VectorMath.padded(capacity)];
    }
  }

  void add(int offset) {
    offsets[count++] = offset;
  }
}
