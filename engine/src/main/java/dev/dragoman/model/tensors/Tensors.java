// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.tensors;

import dev.dragoman.device.HostTensor;
import dev.dragoman.device.Shape;
import dev.dragoman.model.ModelFormatException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What readers do to tensors whose layout differs from ours. Nothing here changes a number. */
public final class Tensors {

  private Tensors() {}

  /** Returns {@code count} rows of a matrix from row {@code first} on; the data is not copied. */
  public static HostTensor rows(HostTensor matrix, int first, int count) {
    int row = matrix.shape().columns() * matrix.type().bytes();
    ByteBuffer part = matrix.data().duplicate().slice(first * row, count * row);
    Shape shape = new Shape(count, matrix.shape().columns());
    String name = matrix.name() + " from row " + first;
    return new HostTensor(name, matrix.type(), shape, part);
  }

  /** Returns a row of numbers as a column, as vectors are held here; the data is not copied. */
  public static HostTensor column(HostTensor row) {
    return new HostTensor(row.name(), row.type(), Shape.vector(row.shape().size()), row.data());
  }

  /** Returns a matrix with its rows and columns exchanged. */
  public static HostTensor transposed(HostTensor matrix) {
    int rows = matrix.shape().rows();
    int columns = matrix.shape().columns();
    float[] from = matrix.floats();
    float[] to = new float[from.length];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        to[column * rows + row] = from[row * columns + column];
      }
    }
    return HostTensor.of(matrix.name(), new Shape(columns, rows), to);
  }

  /** Returns a matrix with one more row, of zeros, at its end. */
  public static HostTensor withZeroRow(HostTensor matrix) {
    if (matrix.data().limit() > Integer.MAX_VALUE - (1 << 20)) {
      throw new ModelFormatException(matrix.name() + " is too large to get one more row");
    }
    Shape shape = new Shape(matrix.shape().rows() + 1, matrix.shape().columns());
    ByteBuffer data =
        ByteBuffer.allocate(shape.size() * matrix.type().bytes()).order(ByteOrder.LITTLE_ENDIAN);
    data.put(matrix.data().duplicate()).rewind();
    return new HostTensor(matrix.name(), matrix.type(), shape, data);
  }

  /** Returns a vector of zeros. */
  public static HostTensor zeros(String name, int size) {
    return HostTensor.of(name, Shape.vector(size), new float[size]);
  }
}
