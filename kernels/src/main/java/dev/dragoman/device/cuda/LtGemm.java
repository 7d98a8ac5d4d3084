package dev.dragoman.device.cuda;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import dev.dragoman.device.Activation;
import dev.dragoman.device.DataType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import jcuda.jcublas.cublasStatus;

/**
 * Products by cublasLt with an algorithm that the caller names, so that a row's sums can have one
 * order in every batch; bias and activation are added in the same launch where cublasLt has them.
 */
final class LtGemm implements AutoCloseable {
  /** Bytes that matrices, and their rows, begin at multiples of. */
  static final int ALIGNMENT = 16;

  private final Execution execution;
  private final CublasLt lt;
  private final CublasLtLibrary library;
  private final Workspace workspace;
  private final Pointer handle;
  private final Memory one = number(1);
  private final Memory zero = number(0);
  private final Map<ProductShape, LtPlan> plans = new HashMap<>();
  private final Map<LtAlgorithm, Memory> algorithms = new HashMap<>();

  LtGemm(Execution execution, CublasLt lt, Workspace workspace) {
    this.execution = execution;
    this.lt = lt;
    this.library = lt.library();
    this.workspace = workspace;
    execution.use();
    PointerByReference created = new PointerByReference();
    CublasLt.check("start cublasLt", library.cublasLtCreate(created));
    this.handle = created.getValue();
  }

  private static Memory number(float value) {
    Memory memory = new Memory(Float.BYTES);
    memory.setFloat(0, value);
    return memory;
  }

  String name() {
    return lt.name();
  }

  private LtPlan plan(CudaLinear weights, DataType out) {
    return plans.computeIfAbsent(
        ProductShape.of(weights, out), shape -> new LtPlan(library, shape));
  }

  /**
   * The algorithms that can do products of one row to many with every epilogue, those first that
   * cublasLt holds for the fastest.
   *
   * @param out the results of many rows, perhaps without memory
   */
  List<LtAlgorithm> algorithms(CudaLinear weights, CudaTensor out) {
    LtPlan plan = fitted(weights, out);
    Pointer operation = plan.operation(LtEpilogue.NONE, weights.biasIn(out.type()));
    try (LtHeuristics heuristics = new LtHeuristics(library, handle, workspace.bytes())) {
      return heuristics.algorithms(plan, operation).stream()
          .filter(algorithm -> accepts(algorithm, weights, out))
          .toList();
    }
  }

  /**
   * Whether an algorithm, which may be one of another library, can do all of {@link #algorithms}.
   */
  boolean accepts(LtAlgorithm algorithm, CudaLinear weights, CudaTensor out) {
    return Stream.of(out, out.rows(0, 1))
        .allMatch(
            rows -> {
              LtPlan plan = fitted(weights, rows);
              CudaTensor bias = weights.biasIn(out.type());
              return Stream.of(LtEpilogue.values())
                  .allMatch(epilogue -> accepts(plan, plan.operation(epilogue, bias), algorithm));
            });
  }

  private LtPlan fitted(CudaLinear weights, CudaTensor out) {
    execution.use();
    LtPlan plan = plan(weights, out.type());
    plan.fit(out.count(), weights.inputs(), out.stride());
    return plan;
  }

  private boolean accepts(LtPlan plan, Pointer operation, LtAlgorithm algorithm) {
    int status =
        library.cublasLtMatmulAlgoCheck(
            handle,
            operation,
            plan.weights(),
            plan.x(),
            plan.out(),
            plan.out(),
            algorithm.inMemory(),
            new Memory(LtHeuristics.RESULT_BYTES));
    return status == cublasStatus.CUBLAS_STATUS_SUCCESS;
  }

  /** As {@link MatrixProduct#multiply}, with this algorithm. */
  void multiply(
      LtAlgorithm algorithm,
      CudaTensor x,
      CudaLinear weights,
      Activation activation,
      CudaTensor out) {
    if (x.count() == 0) {
      return;
    }
    LtPlan plan = plan(weights, out.type());
    plan.fit(x.count(), x.stride(), out.stride());
    Optional<LtEpilogue> epilogue = LtEpilogue.of(weights.hasBias(), activation);
    int status =
        library.cublasLtMatmul(
            handle,
            plan.operation(epilogue.orElse(LtEpilogue.NONE), weights.biasIn(out.type())),
            one,
            address(weights.weights()),
            plan.weights(),
            address(x),
            plan.x(),
            zero,
            address(out),
            plan.out(),
            address(out),
            plan.out(),
            algorithms.computeIfAbsent(algorithm, LtAlgorithm::inMemory),
            new Pointer(workspace.memory().address()),
            workspace.bytes(),
            new Pointer(execution.stream().handle()));
    CublasLt.check(
        "multiply " + x + " by the transpose of " + weights.weights() + " into " + out, status);
    if (epilogue.isEmpty()) {
      AddBias.launch(execution, out, weights, activation);
    }
  }

  private static Pointer address(CudaTensor tensor) {
    return new Pointer(tensor.pointer().address());
  }

  @Override
  public void close() {
    plans.values().forEach(LtPlan::close);
    library.cublasLtDestroy(handle);
  }
}
