package dev.dragoman.device.cuda;

import static jcuda.jcublas.JCublas2.*;

import dev.dragoman.device.Activation;
import jcuda.Pointer;
import jcuda.cudaDataType;
import jcuda.jcublas.cublasComputeType;
import jcuda.jcublas.cublasGemmAlgo;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasOperation;
import jcuda.runtime.cudaStream_t;

/** Products by cuBLAS, with float32 sums; TF32 is never used. */
final class CublasGemm implements MatrixProduct {
  /** CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION: parts of a sum stay float32 too. */
  private static final int FULL_PRECISION_SUMS = 16;

  private static final int THREADS = 128;
  private static final Pointer ONE = Pointer.to(new float[] {1});
  private static final Pointer ZERO = Pointer.to(new float[] {0});

  private final Execution execution;
  private final cublasHandle handle = new cublasHandle();
  private final long workspaceBytes;

  /** Takes cuBLAS's workspace now, as a recorded step cannot. */
  CublasGemm(Execution execution) {
    this.execution = execution;
    // What NVIDIA recommends: 32 MiB from Hopper on, 4 MiB before.
    this.workspaceBytes = execution.gpu().capability() >= 90 ? 32L << 20 : 4L << 20;
    DevicePointer memory = execution.memory().take(workspaceBytes);
    CudaFailure.guard(
        "start cuBLAS",
        () -> {
          cublasCreate(handle);
          cublasSetStream(handle, new cudaStream_t(execution.stream()));
          cublasSetWorkspace(handle, memory, workspaceBytes);
          cublasSetMathMode(handle, FULL_PRECISION_SUMS);
        });
  }

  /**
   * cuBLAS counts by columns: our row-by-row out is its outputs × rows matrix, W (as it lies,
   * inputs × outputs) is transposed, x (inputs × rows) is not.
   */
  @Override
  public void multiply(CudaTensor x, CudaLinear linear, Activation activation, CudaTensor out) {
    if (x.count() == 0) {
      return;
    }
    execution.use();
    CudaFailure.guard(
        "multiply " + x + " by the transpose of " + linear.weights() + " into " + out,
        () ->
            cublasGemmEx_new(
                handle,
                cublasOperation.CUBLAS_OP_T,
                cublasOperation.CUBLAS_OP_N,
                linear.outputs(),
                x.count(),
                linear.inputs(),
                ONE,
                linear.weights().pointer(),
                type(linear.weights()),
                linear.inputs(),
                x.pointer(),
                type(x),
                leading(x),
                ZERO,
                out.pointer(),
                type(out),
                leading(out),
                cublasComputeType.CUBLAS_COMPUTE_32F,
                cublasGemmAlgo.CUBLAS_GEMM_DEFAULT));
    if (linear.hasBias() || activation != Activation.NONE) {
      int chunk = 16 / out.type().bytes() * THREADS;
      execution.launch(
          "add_bias_" + out.suffix(),
          new Grid(x.count(), (linear.outputs() + chunk - 1) / chunk, THREADS, 0),
          out,
          out.stride(),
          linear.bias(),
          linear.outputs(),
          ActivationCode.of(activation));
    }
  }

  private static int leading(CudaTensor tensor) {
    return Math.max(tensor.stride(), tensor.width());
  }

  private static int type(CudaTensor tensor) {
    return switch (tensor.type()) {
      case F16 -> cudaDataType.CUDA_R_16F;
      case BF16 -> cudaDataType.CUDA_R_16BF;
      default -> cudaDataType.CUDA_R_32F;
    };
  }

  @Override
  public boolean isOurs() {
    return false;
  }

  @Override
  public long workspaceBytes() {
    return workspaceBytes;
  }

  @Override
  public String name() {
    int[] version = new int[1];
    cublasGetVersion(handle, version);
    return "cuBLAS " + version[0] / 10000 + "." + version[0] / 100 % 100;
  }

  @Override
  public void close() {
    cublasDestroy(handle);
  }
}
