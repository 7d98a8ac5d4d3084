// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import dev.dragoman.device.Activation;
import dev.dragoman.device.DataType;
import dev.dragoman.device.cuda.launch.Bias;
import dev.dragoman.device.cuda.launch.Constants;
import dev.dragoman.device.cuda.launch.Kernels;
import dev.dragoman.device.cuda.launch.Linear;
import dev.dragoman.device.cuda.launch.Out;
import dev.dragoman.device.cuda.launch.Weights;
import dev.dragoman.device.cuda.launch.X;
import java.util.List;

/** Products by our own kernels, where NVIDIA's are missing or do not fit. */
final class KernelGemm implements MatrixProduct {
  /** The tile for few rows; the kernels for few and for many rows add up in one order. */
  private static final Tile<Linear> THIN =
      new Tile<>(Kernels.linear_thin, Constants.THIN_ROWS, Constants.LINEAR_THIN_OUTPUTS, 0);

  static final Tile<Linear> USUAL =
      new Tile<>(Kernels.linear, Constants.LINEAR_TILE, Constants.LINEAR_TILE, 0);
  private static final Tile<Linear> WIDE =
      new Tile<>(
          Kernels.linear_wide,
          Constants.LINEAR_WIDE_TILE,
          Constants.LINEAR_WIDE_TILE,
          Constants.LINEAR_WIDE_SHARED_BYTES);
  static final List<Tile<Linear>> TILES = List.of(THIN, USUAL, WIDE);

  private final Execution execution;
  private final String name;

  /**
   * Multiplies with our kernels under this name.
   *
   * @param name says why they multiply
   */
  KernelGemm(Execution execution, String name) {
    this.execution = execution;
    this.name = name;
  }

  private static Tile<Linear> tile(int rows) {
    return rows <= THIN.rows() ? THIN : rows <= WIDE.rows() ? USUAL : WIDE;
  }

  @Override
  public void multiply(CudaTensor x, CudaLinear linear, Activation activation, CudaTensor out) {
    Tile<Linear> tile = x.type() == DataType.F32 ? USUAL : tile(x.count());
    execution.launch(
        tile.kernel(),
        tile.grid(x.count(), linear.outputs()),
        new Linear(
            new Out(out),
            new X(x),
            new Weights(linear.weights()),
            new Bias(linear.bias()),
            x.count(),
            linear.outputs(),
            linear.inputs(),
            activation));
  }

  @Override
  public boolean isOurs() {
    return true;
  }

  @Override
  public long workspaceBytes() {
    return 0;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void close() {}
}
