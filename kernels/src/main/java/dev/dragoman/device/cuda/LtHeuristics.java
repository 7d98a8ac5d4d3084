// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import java.util.ArrayList;
import java.util.List;
import jcuda.jcublas.cublasStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The heuristics of cublasLt, asked only for algorithms whose sums are not split, as only those can
 * have one order.
 */
final class LtHeuristics implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LtHeuristics.class);
  private static final int MOST_ALGORITHMS = 16;

  // cublasLtMatmulPreferenceAttributes_t
  private static final int MOST_WORKSPACE = 1;
  private static final int REDUCTION_SCHEMES = 3;
  private static final int[] ALIGNMENTS = {5, 6, 7, 8};

  // cublasLtMatmulHeuristicResult_t
  static final int RESULT_BYTES = 96;
  private static final int RESULT_WORKSPACE = LtAlgorithm.BYTES;
  private static final int RESULT_STATE = RESULT_WORKSPACE + Long.BYTES;

  // cublasLtMatmulAlgoConfigAttributes_t
  private static final int PARTS_OF_SUM = 2;

  private final CublasLtLibrary library;
  private final Pointer handle;
  private final Pointer preference;
  private final Memory value = new Memory(Long.BYTES);

  /**
   * Prepares to ask cublasLt.
   *
   * @param handle of cublasLt
   * @param workspaceBytes the most that an algorithm may use
   */
  LtHeuristics(CublasLtLibrary library, Pointer handle, long workspaceBytes) {
    this.library = library;
    this.handle = handle;
    PointerByReference created = new PointerByReference();
    CublasLt.check("say what is preferred", library.cublasLtMatmulPreferenceCreate(created));
    this.preference = created.getValue();
    value.setLong(0, workspaceBytes);
    prefer(MOST_WORKSPACE, Long.BYTES);
    value.setInt(0, 0); // none: a sum is made in one go
    prefer(REDUCTION_SCHEMES, Integer.BYTES);
    value.setInt(0, LtGemm.ALIGNMENT);
    for (int alignment : ALIGNMENTS) {
      prefer(alignment, Integer.BYTES);
    }
  }

  private void prefer(int attribute, int bytes) {
    CublasLt.check(
        "say what is preferred",
        library.cublasLtMatmulPreferenceSetAttribute(preference, attribute, value, bytes));
  }

  /** Returns algorithms for the rows that the plan describes, presumably the fastest first. */
  List<LtAlgorithm> algorithms(LtPlan plan, Pointer operation) {
    Memory results = new Memory((long) MOST_ALGORITHMS * RESULT_BYTES);
    IntByReference returned = new IntByReference();
    int status =
        library.cublasLtMatmulAlgoGetHeuristic(
            handle,
            operation,
            plan.weights(),
            plan.x(),
            plan.out(),
            plan.out(),
            preference,
            MOST_ALGORITHMS,
            results,
            returned);
    if (status != cublasStatus.CUBLAS_STATUS_SUCCESS) {
      log.info("cublasLt has no algorithm: {}", cublasStatus.stringFor(status));
      return List.of();
    }
    List<LtAlgorithm> algorithms = new ArrayList<>();
    for (int i = 0; i < returned.getValue(); i++) {
      Pointer result = results.share((long) i * RESULT_BYTES, RESULT_BYTES);
      if (result.getInt(RESULT_STATE) == cublasStatus.CUBLAS_STATUS_SUCCESS && !splits(result)) {
        byte[] bytes = result.getByteArray(0, LtAlgorithm.BYTES);
        algorithms.add(LtAlgorithm.of(bytes, result.getLong(RESULT_WORKSPACE)));
      }
    }
    return algorithms;
  }

  private boolean splits(Pointer algorithm) {
    CublasLt.check(
        "look at an algorithm",
        library.cublasLtMatmulAlgoConfigGetAttribute(
            algorithm, PARTS_OF_SUM, value, Integer.BYTES, null));
    return value.getInt(0) > 1;
  }

  @Override
  public void close() {
    library.cublasLtMatmulPreferenceDestroy(preference);
  }
}
