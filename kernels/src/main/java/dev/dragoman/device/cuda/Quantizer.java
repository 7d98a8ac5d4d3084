package dev.dragoman.device.cuda;

import dev.dragoman.device.DataType;
import dev.dragoman.device.Shape;

/** Rows of numbers as 8-bit integers with a scale for each row: quantize.cu. */
final class Quantizer {
  /** Rows of integers are filled up with zeros to a multiple of these. */
  static final int STEP = 64;

  /** The most columns whose products 32-bit sums hold: 127² · 2¹⁷ is below 2³¹. */
  private static final int MOST_COLUMNS = 1 << 17;

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
    if (columns > MOST_COLUMNS) {
      throw new IllegalArgumentException(
          "int8 products have at most " + MOST_COLUMNS + " inputs, not " + columns);
    }
    return (columns + STEP - 1) / STEP * STEP;
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
        "quantize_" + x.suffix(),
        Grid.ofWarps(x.count()),
        to.integers(),
        to.scales(),
        x,
        x.stride(),
        x.count(),
        x.width(),
        to.integers().stride());
  }
}
