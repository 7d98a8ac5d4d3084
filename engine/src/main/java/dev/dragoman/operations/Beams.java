// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.operations;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The rows of a decoder step.
 *
 * @param slots sentences in flight
 * @param size rows of each
 * @param positions tokens of each row at most
 * @param absent rows that are not fed
 */
record Beams(int slots, int size, int positions, List<Integer> absent) {

  /** Makes beams of which all rows are fed. */
  Beams(int slots, int size, int positions) {
    this(slots, size, positions, List.of());
  }

  /** Returns the rows of a Transformer of these sizes. */
  static Beams of(Sizes sizes) {
    return new Beams(sizes.batch().slots(), sizes.batch().beam(), sizes.batch().past());
  }

  /** Returns how many rows there are, fed or not. */
  int rows() {
    return slots * size;
  }

  /** Returns the rows that are fed. */
  int[] fed() {
    return IntStream.range(0, rows()).filter(row -> !absent.contains(row)).toArray();
  }

  /** Returns how many rows are fed. */
  int count() {
    return rows() - absent.size();
  }

  /** Returns the slot of a row. */
  int slot(int row) {
    return row / size;
  }
}
