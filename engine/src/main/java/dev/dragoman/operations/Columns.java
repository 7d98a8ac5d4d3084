// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.operations;

import dev.dragoman.device.Tensor;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * A matrix as some columns of a wider one.
 *
 * @param first of them
 * @param count how many they are
 * @param of how many the wider matrix has
 */
record Columns(int first, int count, int of) {

  /** Returns a matrix that is not a part of another. */
  static Columns all(int count) {
    return new Columns(0, count, count);
  }

  /** Returns the columns of a tensor. */
  Tensor of(Tensor wide) {
    return wide.columns(first, count);
  }

  /** Returns the columns of a matrix. */
  RealMatrix of(RealMatrix wide) {
    return wide.getSubMatrix(0, wide.getRowDimension() - 1, first, first + count - 1);
  }

  /** Returns the wider matrix with these columns, and zeros beside them. */
  RealMatrix within(RealMatrix columns) {
    RealMatrix wide = MatrixUtils.createRealMatrix(columns.getRowDimension(), of);
    wide.setSubMatrix(columns.getData(), 0, first);
    return wide;
  }
}
