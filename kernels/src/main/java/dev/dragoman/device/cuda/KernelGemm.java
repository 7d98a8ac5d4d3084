package dev.dragoman.device.cuda;

import dev.dragoman.device.Activation;
import dev.dragoman.device.DataType;

/** Products by our own kernels, for machines without cuBLAS. */
final class KernelGemm implements MatrixProduct {
  /** The most rows of a thin product. */
  static final int THIN_ROWS = 16;

  /** Kernels for few and many rows, which add up in one order; the tiles are those of gemm.cu. */
  private enum Size {
    THIN("thin_", THIN_ROWS, 16, 64, 0),
    USUAL("", 64, 64, 128, 0),
    WIDE("wide_", 128, 128, 256, 32 << 10);

    private final String name;
    private final int rows;
    private final int outputs;
    private final int threads;
    private final int sharedBytes;

    Size(String name, int rows, int outputs, int threads, int sharedBytes) {
      this.name = name;
      this.rows = rows;
      this.outputs = outputs;
      this.threads = threads;
      this.sharedBytes = sharedBytes;
    }

    static Size of(int rows) {
      return rows <= THIN.rows ? THIN : rows <= WIDE.rows ? USUAL : WIDE;
    }

    Grid grid(int ofRows, int ofOutputs) {
      return new Grid(
          (ofOutputs + outputs - 1) / outputs, (ofRows + rows - 1) / rows, threads, sharedBytes);
    }
  }

  private final Execution execution;

  KernelGemm(Execution execution) {
    this.execution = execution;
  }

  @Override
  public void multiply(CudaTensor x, CudaLinear linear, Activation activation, CudaTensor out) {
    Size size = x.type() == DataType.F32 ? Size.USUAL : Size.of(x.count());
    boolean widens = x.type() != DataType.F32 && out.type() == DataType.F32;
    execution.launch(
        "linear_" + size.name + x.suffix() + (widens ? "_f32" : ""),
        size.grid(x.count(), linear.outputs()),
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
    return "own products";
  }

  @Override
  public void close() {}
}
