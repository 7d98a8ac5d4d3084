package dev.dragoman.device.cuda;

import dev.dragoman.device.Activation;
import dev.dragoman.device.DataType;
import dev.dragoman.device.Shape;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * Products of 8-bit integers with exact sums, by our own kernels: each row of x is quantized when
 * it comes, the weights were when they were loaded. Means what the CPU's 8-bit products mean.
 */
final class QuantizedGemm implements MatrixProduct {
  /** For quantized rows; products of more rows go through it in parts. */
  private static final long MEMORY_BYTES = 16L << 20;

  /** The tiles are those of gemm_int8.cu; all give the same bits. */
  static final Tile THIN = new Tile("thin_", 16, 8, 128, 0);

  static final Tile USUAL = new Tile("", 64, 64, 128, 16 << 10);
  static final Tile TALL = new Tile("tall_", 128, 64, 256, 24 << 10);
  static final Tile WIDE = new Tile("wide_", 128, 128, 256, 32 << 10);
  static final Tile WIDEST = new Tile("widest_", 128, 256, 256, 48 << 10);
  static final List<Tile> TILES = List.of(THIN, USUAL, TALL, WIDE, WIDEST);

  /** What a thin product that quantizes its rows itself is made for: linear_quantizing. */
  static final int QUANTIZED_INPUTS = 2048;

  private static final int QUANTIZED_OUTPUTS = 4096;

  private final Execution execution;
  private final Quantizer quantizer;
  private final DevicePointer memory;

  /** Takes its memory now, as a recorded step cannot. */
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
      Tile tile = tile(count, linear.outputs(), execution.gpu().multiprocessors());
      multiply(tile, rows, linear, activation, out.rows(first, count));
    }
  }

  /** Whether each block can quantize the few rows, with the same bits, for one launch less. */
  static boolean isOneKernel(int rows, int inputs, int outputs) {
    return rows <= THIN.rows() && inputs <= QUANTIZED_INPUTS && outputs <= QUANTIZED_OUTPUTS;
  }

  private void quantizeAndMultiply(
      CudaTensor x, CudaLinear linear, Activation activation, CudaTensor out) {
    Quantizer.Rows weights = linear.quantized();
    int depth = weights.integers().stride();
    execution.launch(
        "linear_quantizing_i8_f16",
        quantizingGrid(x.count(), linear.outputs(), depth),
        out,
        out.stride(),
        x,
        x.stride(),
        x.width(),
        weights.integers(),
        weights.scales(),
        linear.bias(),
        x.count(),
        linear.outputs(),
        depth,
        ActivationCode.of(activation));
  }

  /** For linear_quantizing: scales and integers of all rows. */
  static Grid quantizingGrid(int rows, int outputs, int depth) {
    int shared = THIN.rows() * Float.BYTES + rows * (depth | Quantizer.STEP);
    return THIN.grid(rows, outputs).withShared(shared);
  }

  /** The tile for these sizes: the fastest one as far as its size tells. */
  static Tile tile(int rows, int outputs, int multiprocessors) {
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

  /** In a tile that has room for the rows, if it is the thin one. */
  void multiply(
      Tile tile, Quantizer.Rows x, CudaLinear linear, Activation activation, CudaTensor out) {
    Quantizer.Rows weights = linear.quantized();
    execution.launch(
        "linear_" + tile.kernel() + "i8_" + out.suffix(),
        tile.grid(out.count(), linear.outputs()),
        out,
        out.stride(),
        x.integers(),
        x.scales(),
        weights.integers(),
        weights.scales(),
        linear.bias(),
        out.count(),
        linear.outputs(),
        weights.integers().stride(),
        ActivationCode.of(activation));
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
  public void close() {} // its memory goes with the line of execution
}
