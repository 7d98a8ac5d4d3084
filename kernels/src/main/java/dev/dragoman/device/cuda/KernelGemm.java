package dev.dragoman.device.cuda;

import dev.dragoman.device.Activation;
import dev.dragoman.device.DataType;

/** Products by our own kernels, for machines without cuBLAS. */
final class KernelGemm implements MatrixProduct {
  private static final int TILE = 64;
  private static final int THREADS = 128;
  private static final int THIN_OUTPUTS = 16; // of a block, as in gemm.cu
  private static final int THIN_THREADS = 64;

  /** The most rows of a thin product. */
  static final int THIN_ROWS = 16;

  private final Execution execution;

  KernelGemm(Execution execution) {
    this.execution = execution;
  }

  @Override
  public void multiply(CudaTensor x, CudaLinear linear, Activation activation, CudaTensor out) {
    boolean halves = x.type() != DataType.F32;
    boolean thin = halves && x.count() <= THIN_ROWS;
    String kernel = (thin ? "linear_thin_" : "linear_") + x.suffix();
    execution.launch(
        halves && out.type() == DataType.F32 ? kernel + "_f32" : kernel,
        thin ? thinGrid(x, linear) : grid(x, linear),
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

  private static Grid grid(CudaTensor x, CudaLinear linear) {
    return new Grid(blocks(linear.outputs(), TILE), blocks(x.count(), TILE), THREADS, 0);
  }

  private static Grid thinGrid(CudaTensor x, CudaLinear linear) {
    return Grid.of(x.count() == 0 ? 0 : blocks(linear.outputs(), THIN_OUTPUTS), THIN_THREADS);
  }

  private static int blocks(int all, int ofBlock) {
    return (all + ofBlock - 1) / ofBlock;
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
