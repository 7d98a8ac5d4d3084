// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import com.sun.jna.Library;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;

/**
 * The functions of libcublasLt that products need, as cublasLt.h of CUDA 12 and 13 declares them.
 * Each but the version gives a cublasStatus_t. Matrices are column by column; a {@code size_t} has
 * 64 bits on all machines that we run on.
 */
interface CublasLtLibrary extends Library {
  long cublasLtGetVersion();

  int cublasLtCreate(PointerByReference handle);

  int cublasLtDestroy(Pointer handle);

  int cublasLtMatmulDescCreate(PointerByReference operation, int computeType, int scaleType);

  int cublasLtMatmulDescSetAttribute(Pointer operation, int attribute, Pointer value, long bytes);

  int cublasLtMatmulDescDestroy(Pointer operation);

  int cublasLtMatrixLayoutCreate(
      PointerByReference layout, int type, long rows, long columns, long leading);

  int cublasLtMatrixLayoutSetAttribute(Pointer layout, int attribute, Pointer value, long bytes);

  int cublasLtMatrixLayoutDestroy(Pointer layout);

  int cublasLtMatmulPreferenceCreate(PointerByReference preference);

  int cublasLtMatmulPreferenceSetAttribute(
      Pointer preference, int attribute, Pointer value, long bytes);

  int cublasLtMatmulPreferenceDestroy(Pointer preference);

  /** Writes up to {@code requested} cublasLtMatmulHeuristicResult_t, the fastest first. */
  int cublasLtMatmulAlgoGetHeuristic(
      Pointer handle,
      Pointer operation,
      Pointer a,
      Pointer b,
      Pointer c,
      Pointer d,
      Pointer preference,
      int requested,
      Pointer results,
      IntByReference returned);

  /** Checks whether an algorithm can do this; writes one cublasLtMatmulHeuristicResult_t. */
  int cublasLtMatmulAlgoCheck(
      Pointer handle,
      Pointer operation,
      Pointer a,
      Pointer b,
      Pointer c,
      Pointer d,
      Pointer algorithm,
      Pointer result);

  int cublasLtMatmulAlgoConfigGetAttribute(
      Pointer algorithm, int attribute, Pointer value, long bytes, Pointer written);

  /** Computes D = epilogue(alpha·op(A)·op(B) + beta·C); alpha and beta lie in the host's memory. */
  int cublasLtMatmul(
      Pointer handle,
      Pointer operation,
      Pointer alpha,
      Pointer a,
      Pointer layoutOfA,
      Pointer b,
      Pointer layoutOfB,
      Pointer beta,
      Pointer c,
      Pointer layoutOfC,
      Pointer d,
      Pointer layoutOfD,
      Pointer algorithm,
      Pointer workspace,
      long workspaceBytes,
      Pointer stream);
}
