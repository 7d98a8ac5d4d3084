package dev.dragoman.device.cuda;

import dev.dragoman.device.DataType;
import dev.dragoman.device.Shape;
import dev.dragoman.device.cuda.launch.Constants;
import dev.dragoman.device.cuda.launch.Integers;
import dev.dragoman.device.cuda.launch.Kernels;
import dev.dragoman.device.cuda.launch.Quantize;
import dev.dragoman.device.cuda.launch.Scales;
import dev.dragoman.device.cuda.launch.X;

/** Rows of numbers as 8-bit integers with a scale for each row: quantize.cuh. */
final class Quantizer {
  private final Execution execution;

  Quantizer(Execution execution) {
    this.execution = execution;
  }

  /**
   * Rows of integers and what their steps are worth.
   *
   * @param integers I8, rows {@link #depth} apart
   * @param scales rows × 1, F32
   */
  record Rows(CudaTensor integers, CudaTensor scales) {

    Rows part(int first, int count) {
      return new Rows(integers.rows(first, count), scales.rows(first, count));
    }
  }

  /** Numbers from one row of integers to the next. */
  static int depth(int columns) {
    if (columns > Constants.INT8_MAX_DEPTH) {
      throw new IllegalArgumentException(
          "int8 products have at most " + Constants.INT8_MAX_DEPTH + " inputs, not " + columns);
    }
    return Grid.blocks(columns, Constants.INT8_STEP) * Constants.INT8_STEP;
  }

  /** Bytes of so many columns with their scale. */
  static long bytesOfRow(int columns) {
    return depth(columns) + (long) Float.BYTES;
  }

  /** Room for integers of this shape in {@code memory}, {@link #bytesOfRow} for each row. */
  static Rows in(DevicePointer memory, Shape shape) {
    int depth = depth(shape.columns());
    long bytes = (long) shape.rows() * depth;
    return new Rows(
        new CudaTensor(memory, DataType.I8, shape, depth),
        CudaTensor.contiguous(memory.plus(bytes), DataType.F32, Shape.vector(shape.rows())));
  }

  /**
   * Each row of x anew.
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
