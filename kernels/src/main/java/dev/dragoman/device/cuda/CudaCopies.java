// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static jcuda.driver.JCudaDriver.cuMemsetD8Async;

import dev.dragoman.device.Agreement;
import dev.dragoman.device.DataType;
import dev.dragoman.device.Shape;
import dev.dragoman.device.cuda.launch.Convert;
import dev.dragoman.device.cuda.launch.Copy;
import dev.dragoman.device.cuda.launch.From;
import dev.dragoman.device.cuda.launch.Kernels;
import dev.dragoman.device.cuda.launch.To;
import java.nio.ByteBuffer;

/** Copies between host and GPU and between tensors, with conversion to and from float32. */
final class CudaCopies {
  private final Execution execution;

  CudaCopies(Execution execution) {
    this.execution = execution;
  }

  void fillWithZeros(CudaTensor tensor) {
    if (tensor.bytes() > 0) {
      CudaFailure.guard(
          "fill " + tensor + " with zeros",
          () -> cuMemsetD8Async(tensor.pointer(), (byte) 0, tensor.bytes(), execution.stream()));
    }
  }

  /** Copies to the first numbers of a tensor of F32, or of a type with half of its bits. */
  void upload(float[] from, CudaTensor to) {
    checkUpload(from.length, to);
    if (to.type() == DataType.I32) {
      throw new IllegalArgumentException("upload of floats into " + to);
    }
    forParts(
        from.length,
        (first, count) -> {
          CudaTensor part = part(to, first, count);
          boolean narrows = to.type() != DataType.F32;
          CudaTensor wide = narrows ? widened(count) : part;
          execution
              .pinned()
              .upload(
                  buffer -> buffer.asFloatBuffer().put(from, first, count),
                  wide.pointer(),
                  count * Float.BYTES);
          if (narrows) {
            copy(wide, part);
          }
        });
  }

  /** Copies to the first numbers of an I32 tensor. */
  void upload(int[] from, CudaTensor to) {
    checkUpload(from.length, to);
    if (to.type() != DataType.I32) {
      throw new IllegalArgumentException("upload of integers into " + to);
    }
    if (from.length <= PinnedBuffers.BYTES / Integer.BYTES) {
      execution.pinned().upload(from, to.pointer());
      return;
    }
    forParts(
        from.length,
        (first, count) ->
            execution
                .pinned()
                .upload(
                    buffer -> buffer.asIntBuffer().put(from, first, count),
                    part(to, first, count).pointer(),
                    count * Integer.BYTES));
  }

  void download(CudaTensor from, float[] to) {
    checkDownload(from, to.length);
    if (from.type() == DataType.I32) {
      throw new IllegalArgumentException("download of floats from " + from);
    }
    forRowParts(
        from, (rows, first) -> read(rows).asFloatBuffer().get(to, first, rows.shape().size()));
  }

  void download(CudaTensor from, int[] to) {
    checkDownload(from, to.length);
    if (from.type() != DataType.I32) {
      throw new IllegalArgumentException("download of integers from " + from);
    }
    forRowParts(
        from, (rows, first) -> read(rows).asIntBuffer().get(to, first, rows.shape().size()));
  }

  /** Copies between any two types but I32, with any strides. */
  void copy(CudaTensor from, CudaTensor to) {
    Agreement.check(from.shape().equals(to.shape()), "copy", from, to);
    Grid grid = Grid.of(from.count());
    if (from.type() == to.type()) {
      execution.launch(Kernels.copy, grid, new Copy(new To(to), new From(from), from.width()));
    } else {
      execution.launch(
          Kernels.convert, grid, new Convert(new To(to), new From(from), from.width()));
    }
  }

  /** Returns some rows of 32-bit numbers, contiguous in the host's memory. */
  private ByteBuffer read(CudaTensor rows) {
    CudaTensor wide = rows;
    if (rows.type().bytes() == 2 || !rows.isContiguous()) {
      DataType type = rows.type() == DataType.I32 ? DataType.I32 : DataType.F32;
      DevicePointer place = execution.workspace((long) rows.shape().size() * type.bytes());
      wide = CudaTensor.contiguous(place, type, rows.shape());
      copy(rows, wide);
    }
    return execution.pinned().download(wide.pointer(), (int) wide.bytes());
  }

  private interface Part {
    void run(int first, int count);
  }

  private static void forParts(int count, Part part) {
    int most = PinnedBuffers.BYTES / Float.BYTES;
    for (int first = 0; first < count; first += most) {
      part.run(first, Math.min(most, count - first));
    }
  }

  private interface RowPart {
    void run(CudaTensor rows, int first);
  }

  /**
   * Calls {@code part} with whole rows where they fit a pinned buffer, else with parts of each row.
   */
  private static void forRowParts(CudaTensor tensor, RowPart part) {
    int most = PinnedBuffers.BYTES / Float.BYTES;
    int width = Math.max(1, tensor.width());
    int rows = Math.max(1, most / width);
    for (int row = 0; row < tensor.count(); row += rows) {
      CudaTensor some = tensor.rows(row, Math.min(rows, tensor.count() - row));
      for (int column = 0; column < tensor.width(); column += most) {
        part.run(
            some.columns(column, Math.min(most, tensor.width() - column)),
            row * tensor.width() + column);
      }
    }
  }

  /** Returns the elements first … first + count - 1 of a contiguous tensor, as one row. */
  private static CudaTensor part(CudaTensor tensor, int first, int count) {
    return CudaTensor.contiguous(
        tensor.pointer().plus((long) first * tensor.type().bytes()),
        tensor.type(),
        new Shape(1, count));
  }

  private CudaTensor widened(int count) {
    DevicePointer place = execution.workspace((long) count * Float.BYTES);
    return CudaTensor.contiguous(place, DataType.F32, new Shape(1, count));
  }

  private static void checkUpload(int count, CudaTensor to) {
    if (!to.isContiguous() || count > to.shape().size()) {
      throw new IllegalArgumentException("upload of " + count + " numbers into " + to);
    }
  }

  private static void checkDownload(CudaTensor from, int count) {
    if (count < from.shape().size()) {
      throw new IllegalArgumentException("download of " + from + " into " + count + " numbers");
    }
  }
}
