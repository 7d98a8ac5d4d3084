// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import dev.dragoman.device.Activation;
import dev.dragoman.device.DataType;
import dev.dragoman.device.Shape;
import dev.dragoman.device.cuda.launch.Bias;
import dev.dragoman.device.cuda.launch.Constants;
import dev.dragoman.device.cuda.launch.Kernel;
import dev.dragoman.device.cuda.launch.Kernels;
import dev.dragoman.device.cuda.launch.LinearInt8;
import dev.dragoman.device.cuda.launch.LinearQuantizing;
import dev.dragoman.device.cuda.launch.Out;
import dev.dragoman.device.cuda.launch.QuantizedWeights;
import dev.dragoman.device.cuda.launch.WeightIntegers;
import dev.dragoman.device.cuda.launch.WeightScales;
import dev.dragoman.device.cuda.launch.X;
import dev.dragoman.device.cuda.launch.XIntegers;
import dev.dragoman.device.cuda.launch.XScales;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * Products of 8-bit integers with exact sums, by our own kernels. Each row of x is quantized when
 * it comes, the weights were quantized when they were loaded. The results mean the same as those of
 * the CPU's 8-bit products.
 */
final class QuantizedGemm implements MatrixProduct {
  /** The bytes for quantized rows; products of more rows go through them in parts. */
  private static final long MEMORY_BYTES = 16L << 20;

  /** The tile for few rows; all tiles give the same bits. */
  static final Tile<LinearInt8> THIN =
      new Tile<>(Kernels.linear_thin_i8, Constants.THIN_ROWS, Constants.INT8_THIN_OUTPUTS, 0);

  static final Tile<LinearInt8> USUAL =
      tile(Kernels.linear_i8, Constants.INT8_ROWS, Constants.INT8_OUTPUTS);
  static final Tile<LinearInt8> TALL =
      tile(Kernels.linear_tall_i8, Constants.INT8_TALL_ROWS, Constants.INT8_TALL_OUTPUTS);
  static final Tile<LinearInt8> WIDE =
      tile(Kernels.linear_wide_i8, Constants.INT8_WIDE_ROWS, Constants.INT8_WIDE_OUTPUTS);
  static final Tile<LinearInt8> WIDEST =
      tile(Kernels.linear_widest_i8, Constants.INT8_WIDEST_ROWS, Constants.INT8_WIDEST_OUTPUTS);
  static final List<Tile<LinearInt8>> TILES = List.of(THIN, USUAL, TALL, WIDE, WIDEST);

  /** The most outputs of a thin product that quantizes its rows itself. */
  private static final int QUANTIZED_OUTPUTS = 4096;

  private final Execution execution;
  private final Quantizer quantizer;
  private final DevicePointer memory;

  /** Returns a tile with columns of both factors in shared memory. */
  private static Tile<LinearInt8> tile(Kernel<LinearInt8> kernel, int rows, int outputs) {
    int sharedBytes = Constants.INT8_STAGES * (rows + outputs) * Constants.INT8_STEP;
    return new Tile<>(kernel, rows, outputs, sharedBytes);
  }

  /** Takes its memory now, as a recorded step cannot take any. */
  QuantizedGemm(Execution execution) {
    this.execution = execution;
    this.quantizer = new Quantizer(execution);
    this.memory = execution.memory().take(MEMORY_BYTES);
  }

  @Override
  public void multiply(CudaTensor x, CudaLinear linear, Activation activation, CudaTensor out) {
    if (out.type() == DataType.F16 && isOneKernel(x.count(), linear.inputs(), linear.outputs())) {
      quantizeAndMultiply(x, linear, activation, out);
      return;
    }
    int most = (int) (MEMORY_BYTES / Quantizer.bytesOfRow(linear.inputs()));
    for (int first = 0; first < x.count(); first += most) {
      int count = Math.min(most, x.count() - first);
      Quantizer.Rows rows = Quantizer.in(memory, new Shape(count, linear.inputs()));
      quantizer.quantize(x.rows(first, count), rows);
      Tile<LinearInt8> tile = tile(count, linear.outputs(), execution.gpu().multiprocessors());
      multiply(tile, rows, linear, activation, out.rows(first, count));
    }
  }

  /**
   * Returns whether each block can quantize the few rows itself, with the same bits, which saves a
   * launch.
   */
  static boolean isOneKernel(int rows, int inputs, int outputs) {
    return rows <= Constants.THIN_ROWS
        && inputs <= Constants.INT8_THIN_ROUND
        && outputs <= QUANTIZED_OUTPUTS;
  }

  private void quantizeAndMultiply(
      CudaTensor x, CudaLinear linear, Activation activation, CudaTensor out) {
    QuantizedWeights weights = weights(linear);
    execution.launch(
        Kernels.linear_quantizing_i8,
        quantizingGrid(x.count(), weights.outputs(), weights.depth()),
        new LinearQuantizing(new Out(out), new X(x), weights, x.count(), x.width(), activation));
  }

  private static QuantizedWeights weights(CudaLinear linear) {
    Quantizer.Rows weights = linear.quantized();
    return new QuantizedWeights(
        new WeightIntegers(weights.integers()),
        new WeightScales(weights.scales()),
        new Bias(linear.bias()),
        linear.outputs(),
        weights.integers().stride());
  }

  /**
   * Returns the grid of linear_quantizing, with the scales and integers of all rows in shared
   * memory.
   */
  static Grid quantizingGrid(int rows, int outputs, int depth) {
    int shared = THIN.rows() * Float.BYTES + rows * (depth | Constants.INT8_STEP);
    return THIN.grid(rows, outputs).withShared(shared);
  }

  /** Returns the tile for these sizes that is presumably the fastest. */
  static Tile<LinearInt8> tile(int rows, int outputs, int multiprocessors) {
    if (rows <= THIN.rows()) {
      return THIN;
    }
    if (rows <= USUAL.rows()) {
      return USUAL;
    }
    return Collections.min(
        List.of(WIDEST, WIDE, TALL, USUAL),
        Comparator.comparingLong(tile -> tile.rowsRead(rows, outputs, multiprocessors)));
  }

  /** Multiplies in a tile; the thin one must have room for all rows. */
  void multiply(
      Tile<LinearInt8> tile,
      Quantizer.Rows x,
      CudaLinear linear,
      Activation activation,
      CudaTensor out) {
    execution.launch(
        tile.kernel(),
        tile.grid(out.count(), linear.outputs()),
        new LinearInt8(
            new Out(out),
            new XIntegers(x.integers()),
            new XScales(x.scales()),
            weights(linear),
            out.count(),
            activation));
  }

  @Override
  public boolean isOurs() {
    return true;
  }

  @Override
  public long workspaceBytes() {
    return MEMORY_BYTES;
  }

  @Override
  public String name() {
    return "own products";
  }

  @Override
  public void close() {} // its memory goes with the fork
}
