// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.pytorch;

import dev.dragoman.device.DataType;
import dev.dragoman.device.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/**
 * A view of a PyTorch storage: element (i, j) is number offset + i·strides[0] + j·strides[1].
 *
 * @param storage what holds the numbers, perhaps other tensors' too
 * @param offset of the first element, in elements
 * @param sizes one for each axis
 * @param strides one for each axis, in elements
 */
record TorchTensor(Storage storage, long offset, List<Long> sizes, List<Long> strides) {

  /**
   * A run of numbers.
   *
   * @param type how they are stored; empty for integers, which no weight is
   * @param key the name of its data in the file
   * @param count of elements
   */
  record Storage(Optional<DataType> type, String key, long count) {}

  /** What is wrong with a tensor; the reader adds file and name. */
  static final class Invalid extends RuntimeException {
    private static final long serialVersionUID = 1;

    Invalid(String message) {
      super(message);
    }
  }

  /** Refuses sizes and strides that are negative, or reach beyond the storage. */
  TorchTensor {
    if (sizes.size() != strides.size()) {
      throw new Invalid("has sizes " + sizes + " but strides " + strides);
    }
    try {
      long elements = 1;
      long last = offset;
      for (int axis = 0; axis < sizes.size(); axis++) {
        long size = sizes.get(axis);
        long stride = strides.get(axis);
        if (size < 0 || stride < 0 || offset < 0) {
          throw new Invalid("has a negative size, stride or offset");
        }
        elements = Math.multiplyExact(elements, size);
        last = Math.addExact(last, Math.multiplyExact(Math.max(0, size - 1), stride));
      }
      // A stride of 0 would make much of little; no weight needs it.
      if (elements > 0 && (last >= storage.count() || elements > storage.count())) {
        throw new Invalid(
            "with sizes %s, strides %s and offset %d does not lie in its storage of %d elements"
                .formatted(sizes, strides, offset, storage.count()));
      }
    } catch (ArithmeticException e) {
      throw new Invalid("has sizes " + sizes + " and strides " + strides + ", which overflow");
    }
  }

  /** Returns its shape as a matrix; a vector is a column. */
  Shape shape() {
    if (sizes.isEmpty() || sizes.size() > 2) {
      throw new Invalid("has sizes " + sizes + "; vectors and matrices are supported");
    }
    long columns = sizes.size() == 1 ? 1 : sizes.get(1);
    if (sizes.get(0) > Integer.MAX_VALUE || columns > Integer.MAX_VALUE) {
      throw new Invalid("has sizes " + sizes + ", which are too large");
    }
    try {
      return new Shape((int) (long) sizes.get(0), (int) columns);
    } catch (IllegalArgumentException e) {
      throw new Invalid("has sizes " + sizes + ", which are too large");
    }
  }

  /** Returns the number of elements from the first to the last, those between them counted. */
  long extent() {
    return shape().size() == 0 ? 0 : 1 + (rows() - 1) * rowStride() + (columns() - 1) * stride();
  }

  /** Says whether the rows lie one after the other. */
  boolean isContiguous() {
    return (columns() <= 1 || stride() == 1) && (rows() <= 1 || rowStride() == columns());
  }

  /**
   * Returns the numbers row by row.
   *
   * @param view the {@link #extent} from the first element on
   */
  ByteBuffer rowByRow(ByteBuffer view, int bytes) {
    ByteBuffer out =
        ByteBuffer.allocate(Math.multiplyExact(shape().size(), bytes))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (long row = 0; row < rows(); row++) {
      for (long column = 0; column < columns(); column++) {
        int from = (int) ((row * rowStride() + column * stride()) * bytes);
        for (int i = 0; i < bytes; i++) {
          out.put(view.get(from + i));
        }
      }
    }
    return out.flip();
  }

  private long rows() {
    return sizes.get(0);
  }

  private long columns() {
    return sizes.size() == 1 ? 1 : sizes.get(1);
  }

  private long rowStride() {
    return strides.get(0);
  }

  private long stride() {
    return sizes.size() == 1 ? 1 : strides.get(1);
  }
}
