// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

/**
 * The highest values offered and their indices, highest first; of equal ones the lower index first.
 */
final class Best {
  private final float[] values;
  private final int[] indices;
  private int size;

  Best(int capacity) {
    values = new float[capacity];
    indices = new int[capacity];
  }

  void clear() {
    size = 0;
  }

  int size() {
    return size;
  }

  float value(int rank) {
    return values[rank];
  }

  int index(int rank) {
    return indices[rank];
  }

  /** Returns the value below which none can enter. */
  float threshold() {
    return size < values.length ? Float.NEGATIVE_INFINITY : values[size - 1];
  }

  /** Takes a value if it is among the best; NaN and -infinity never are. */
  void offer(float value, int index) {
    if (!(value > Float.NEGATIVE_INFINITY)
        || (size == values.length && !isBetter(value, index, size - 1))) {
      return;
    }
    int place = size < values.length ? size++ : size - 1;
    while (place > 0 && isBetter(value, index, place - 1)) {
      values[place] = values[place - 1];
      indices[place] = indices[place - 1];
      place--;
    }
    values[place] = value;
    indices[place] = index;
  }

  private boolean isBetter(float value, int index, int rank) {
    return value > values[rank] || (value == values[rank] && index < indices[rank]);
  }
}
