package dev.dragoman.device.cuda;

import dev.dragoman.device.Activation;
import dev.dragoman.device.DataType;

/** Products by our own kernels, for machines without cuBLAS. */
final class KernelGemm implements MatrixProduct {
  private static final int TILE = 64;
  private static final int THREADS = 128;

  private final Execution execution;

  KernelGemm(Execution execution) {
    this.execution = execution;
  }

  @Override
  public void multiply(CudaTensor x, CudaLinear linear, Activation activation, CudaTensor out) {
    boolean widens = x.type() == DataType.F16 && out.type() == DataType.F32;
    Grid grid =
        new Grid((linear.outputs() + TILE - 1) / TILE, (x.count() + TILE - 1) / TILE, THREADS, 0);
    execution.launch(
        "linear_" + x.suffix() + (widens ? "_f32" : ""),
        grid,
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
