// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import dev.dragoman.device.DataType;
import dev.dragoman.device.DeviceUnavailableException;
import dev.dragoman.device.Shape;
import dev.dragoman.device.cuda.launch.Constants;
import dev.dragoman.device.cuda.launch.Integers;
import dev.dragoman.device.cuda.launch.Kernels;
import dev.dragoman.device.cuda.launch.Quantize;
import dev.dragoman.device.cuda.launch.Scales;
import dev.dragoman.device.cuda.launch.X;

/**
 * The quantizer of rows: numbers become 8-bit integers with a scale for each row; see quantize.cuh.
 */
final class Quantizer {
  private final Execution execution;

  Quantizer(Execution execution) {
    this.execution = execution;
  }

  /**
   * The integers of some rows, and the worth of a step of each.
   *
   * @param integers I8, rows {@link #depth} apart
   * @param scales rows × 1, F32
   */
  record Rows(CudaTensor integers, CudaTensor scales) {

    Rows part(int first, int count) {
      return new Rows(integers.rows(first, count), scales.rows(first, count));
    }
  }

  /** Returns the numbers from one row of integers to the next. */
  static int depth(int columns) {
    if (columns > Constants.INT8_MAX_DEPTH) {
      throw new DeviceUnavailableException(
          "int8 products have at most "
              + Constants.INT8_MAX_DEPTH
              + " inputs, not "
              + columns
              + ": use the setting precision=float16");
    }
    return Grid.blocks(columns, Constants.INT8_STEP) * Constants.INT8_STEP;
  }

  /** Returns the bytes of so many columns with their scale. */
  static long bytesOfRow(int columns) {
    return depth(columns) + (long) Float.BYTES;
  }

  /**
   * Returns room for integers of this shape in {@code memory}, {@link #bytesOfRow} for each row.
   */
  static Rows in(DevicePointer memory, Shape shape) {
    int depth = depth(shape.columns());
    long bytes = (long) shape.rows() * depth;
    return new Rows(
        new CudaTensor(memory, DataType.I8, shape, depth),
        CudaTensor.contiguous(memory.plus(bytes), DataType.F32, Shape.vector(shape.rows())));
  }

  /**
   * Quantizes each row of x.
   *
   * @param x F16 or F32
   */
  void quantize(CudaTensor x, Rows to) {
    execution.launch(
        Kernels.quantize,
        Grid.ofWarps(x.count(), Kernels.quantize),
        new Quantize(
            new Integers(to.integers()),
            new Scales(to.scales()),
            new X(x),
            x.count(),
            x.width(),
            to.integers().stride()));
  }
}
