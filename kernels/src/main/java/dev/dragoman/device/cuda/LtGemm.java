// SPDX-License-Identifier: Apache-2.0
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
import java.util.stream.IntStream;
import jcuda.jcublas.cublasStatus;

/**
 * Products by cublasLt with an algorithm that the caller names, so that a row's sums can have one
 * order in every batch; bias and activation are added in the same launch where cublasLt has them.
 */
final class LtGemm implements AutoCloseable {
  /** The bytes at whose multiples matrices and their rows begin. */
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
  private final Map<Use, Boolean> uses = new HashMap<>();

  /**
   * The use of an algorithm, which belongs to one shape, in a product.
   *
   * @param stride of the results
   */
  private record Use(LtAlgorithm algorithm, LtEpilogue epilogue, int stride) {}

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

  private LtPlan plan(ProductShape shape) {
    return plans.computeIfAbsent(shape, of -> new LtPlan(library, of));
  }

  /**
   * Returns the algorithms that can multiply both one row and many, presumably the fastest first.
   *
   * @param out the results of many rows, perhaps without memory
   */
  List<LtAlgorithm> algorithms(CudaLinear weights, CudaTensor out) {
    execution.use();
    LtPlan plan = plan(ProductShape.of(weights, out.type()));
    plan.fit(out.count(), weights.inputs(), out.stride());
    Pointer operation = plan.operation(LtEpilogue.NONE, weights.biasIn(out.type()));
    List<LtAlgorithm> all;
    try (LtHeuristics heuristics = new LtHeuristics(library, handle, workspace.bytes())) {
      all = heuristics.algorithms(plan, operation);
    }
    return all.stream().filter(algorithm -> accepts(algorithm, weights, out)).toList();
  }

  /**
   * Returns whether an algorithm, which may be one of another library, is one of {@link
   * #algorithms}.
   */
  boolean accepts(LtAlgorithm algorithm, CudaLinear weights, CudaTensor out) {
    return canDo(new Use(algorithm, LtEpilogue.NONE, out.stride()), weights, out.type());
  }

  /**
   * Returns whether cublasLt accepts the algorithm. It is asked about the same numbers of rows in
   * every process, so that the answer depends on no batch.
   */
  private boolean canDo(Use use, CudaLinear weights, DataType out) {
    execution.use();
    LtPlan plan = plan(ProductShape.of(weights, out));
    return IntStream.of(1, CudaDevice.SUITED_ROWS)
        .allMatch(
            rows -> {
              plan.fit(rows, weights.inputs(), use.stride());
              Pointer operation = plan.operation(use.epilogue(), weights.biasIn(out));
              return library.cublasLtMatmulAlgoCheck(
                      handle,
                      operation,
                      plan.weights(),
                      plan.x(),
                      plan.out(),
                      plan.out(),
                      use.algorithm().inMemory(),
                      new Memory(LtHeuristics.RESULT_BYTES))
                  == cublasStatus.CUBLAS_STATUS_SUCCESS;
            });
  }

  /** Returns the epilogue that adds the bias and activates, if the algorithm has it. */
  private Optional<LtEpilogue> epilogue(
      LtAlgorithm algorithm, CudaLinear weights, Activation activation, CudaTensor out) {
    return LtEpilogue.of(weights.hasBias(), activation)
        .filter(
            epilogue ->
                uses.computeIfAbsent(
                    new Use(algorithm, epilogue, out.stride()),
                    use -> canDo(use, weights, out.type())));
  }

  /** Multiplies with this algorithm, as {@link MatrixProduct#multiply} says. */
  void multiply(
      LtAlgorithm algorithm,
      CudaTensor x,
      CudaLinear weights,
      Activation activation,
      CudaTensor out) {
    if (x.count() == 0) {
      return;
    }
    Optional<LtEpilogue> epilogue = epilogue(algorithm, weights, activation, out);
    LtPlan plan = plan(ProductShape.of(weights, out.type()));
    plan.fit(x.count(), x.stride(), out.stride());
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
      BiasAddition.launch(execution, out, weights, activation);
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
