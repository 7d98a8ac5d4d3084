// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

/**
 * The shape of a tensor on a device: every one is a matrix. Axes beyond two are folded into the
 * rows, so that a cache of r rows with p positions of width d is (r·p) × d.
 */
public record Shape(int rows, int columns) {

  /** The most elements of a tensor: as many as an array can hold. */
  public static final int MOST_ELEMENTS = Integer.MAX_VALUE - 8;

  /** Refuses negative sizes and more elements than an array can hold. */
  public Shape {
    if (rows < 0 || columns < 0 || (long) rows * columns > MOST_ELEMENTS) {
      throw new IllegalArgumentException("not a shape: " + rows + " x " + columns);
    }
  }

  /** Returns a column of {@code rows} numbers. */
  public static Shape vector(int rows) {
    return new Shape(rows, 1);
  }

  /** Returns the number of elements. */
  public int size() {
    return rows * columns;
  }

  /** {@inheritDoc} Java would make what a record compares by at its first use, in milliseconds. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Shape that && rows == that.rows && columns == that.columns;
  }

  @Override
  public int hashCode() {
    return 31 * rows + columns;
  }

  @Override
  public String toString() {
    return rows + "x" + columns;
  }
}
