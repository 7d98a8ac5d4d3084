// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

/**
 * A matrix in a device's memory. It has no host accessor: numbers cross only through {@link
 * Device#upload} and {@link Device#download}, where they can be seen.
 */
public interface Tensor {

  /** Returns how the numbers are stored. */
  DataType type();

  /** Rows and columns. */
  Shape shape();

  /**
   * Returns the rows from {@code first} on, {@code count} of them, as a view of the same memory.
   *
   * @throws IllegalArgumentException if there are fewer
   */
  Tensor rows(int first, int count);

  /** Returns the first {@code count} rows, as a view of the same memory. */
  default Tensor rows(int count) {
    return rows(0, count);
  }

  /**
   * Returns the columns from {@code first} on, {@code count} of them, as a view of the same memory.
   *
   * @throws IllegalArgumentException if there are fewer
   */
  Tensor columns(int first, int count);
}
