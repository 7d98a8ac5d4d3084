package dev.dragoman.device.cuda;

import dev.dragoman.device.Activation;
import dev.dragoman.device.DataType;
import java.util.List;

/** Products by our own kernels, where NVIDIA's are not there or not fit. */
final class KernelGemm implements MatrixProduct {
  /** The most rows of a thin product. */
  static final int THIN_ROWS = 16;

  /** Kernels for few and many rows, which add up in one order; the tiles are those of gemm.cu. */
  private static final Tile THIN = new Tile("thin_", THIN_ROWS, 16, 64, 0);

  static final Tile USUAL = new Tile("", 64, 64, 128, 0);
  private static final Tile WIDE = new Tile("wide_", 128, 128, 256, 32 << 10);
  static final List<Tile> TILES = List.of(THIN, USUAL, WIDE);

  private final Execution execution;
  private final String name;

  /**
   * Our kernels.
   *
   * @param name which says why, for people
   */
  KernelGemm(Execution execution, String name) {
    this.execution = execution;
    this.name = name;
  }

  private static Tile tile(int rows) {
    return rows <= THIN.rows() ? THIN : rows <= WIDE.rows() ? USUAL : WIDE;
  }

  @Override
  public void multiply(CudaTensor x, CudaLinear linear, Activation activation, CudaTensor out) {
    Tile tile = x.type() == DataType.F32 ? USUAL : tile(x.count());
    boolean widens = x.type() != DataType.F32 && out.type() == DataType.F32;
    execution.launch(
        "linear_" + tile.kernel() + x.suffix() + (widens ? "_f32" : ""),
        tile.grid(x.count(), linear.outputs()),
        out,
        out.stride(),
        x,
        x.stride(),
        linear.weights(),
        linear.bias(),
        x.count(),
        linear.outputs(),
        linear.inputs(),
        ActivationCode.of(activation));
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
