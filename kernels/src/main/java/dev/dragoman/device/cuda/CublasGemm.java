// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static jcuda.jcublas.JCublas2.*;

import dev.dragoman.device.Activation;
import jcuda.Pointer;
import jcuda.jcublas.cublasComputeType;
import jcuda.jcublas.cublasGemmAlgo;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasOperation;
import jcuda.runtime.cudaStream_t;

/**
 * Products by cuBLAS with the algorithms that it chooses. Sums are float32, and TF32 is never used.
 */
final class CublasGemm implements AutoCloseable {
  /** The mode CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION: parts of a sum stay float32 too. */
  private static final int FULL_PRECISION_SUMS = 16;

  private static final Pointer ONE = Pointer.to(new float[] {1});
  private static final Pointer ZERO = Pointer.to(new float[] {0});

  private final Execution execution;
  private final cublasHandle handle = new cublasHandle();

  CublasGemm(Execution execution, Workspace workspace) {
    this.execution = execution;
    CudaFailure.guard(
        "start cuBLAS",
        () -> {
          cublasCreate(handle);
          cublasSetStream(handle, new cudaStream_t(execution.stream()));
          cublasSetWorkspace(handle, workspace.memory(), workspace.bytes());
          cublasSetMathMode(handle, FULL_PRECISION_SUMS);
        });
  }

  /**
   * Multiplies as {@link MatrixProduct#multiply} says. cuBLAS counts by columns: our row-by-row out
   * is its outputs × rows matrix, W (as it lies, inputs × outputs) is transposed, x (inputs × rows)
   * is not.
   */
  void multiply(CudaTensor x, CudaLinear linear, Activation activation, CudaTensor out) {
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
                CudaTensor.code(linear.weights().type()),
                linear.inputs(),
                x.pointer(),
                CudaTensor.code(x.type()),
                x.stride(),
                ZERO,
                out.pointer(),
                CudaTensor.code(out.type()),
                out.stride(),
                cublasComputeType.CUBLAS_COMPUTE_32F,
                cublasGemmAlgo.CUBLAS_GEMM_DEFAULT));
    BiasAddition.launch(execution, out, linear, activation);
  }

  String name() {
    int[] version = new int[1];
    cublasGetVersion(handle, version);
    return "cuBLAS " + version[0] / 10000 + "." + version[0] / 100 % 100;
  }

  @Override
  public void close() {
    cublasDestroy(handle);
  }
}
