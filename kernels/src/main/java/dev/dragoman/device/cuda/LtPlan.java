// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import dev.dragoman.device.DataType;
import java.util.EnumMap;
import java.util.Map;
import jcuda.cudaDataType;
import jcuda.jcublas.cublasComputeType;
import jcuda.jcublas.cublasOperation;

/**
 * Products of one shape on one stream, as cublasLt wants them described. It counts by columns: our
 * row-by-row out is its D, outputs × rows; W, as it lies inputs × outputs, is its A and transposed;
 * x, inputs × rows, is its B. Sums are float32, and TF32 is never used.
 */
final class LtPlan implements AutoCloseable {
  // cublasLtMatmulDescAttributes_t
  private static final int TRANSPOSE_A = 3;
  private static final int EPILOGUE = 7;
  private static final int BIAS_POINTER = 8;

  // cublasLtMatrixLayoutAttribute_t
  private static final int COLUMNS = 3;
  private static final int LEADING = 4;

  private final CublasLtLibrary library;
  private final Map<LtEpilogue, Pointer> operations = new EnumMap<>(LtEpilogue.class);
  private final Pointer weights;
  private final Pointer x;
  private final Pointer out;
  private final Memory value = new Memory(Long.BYTES);

  LtPlan(CublasLtLibrary library, ProductShape shape) {
    this.library = library;
    this.weights = layout(shape.type(), shape.inputs(), shape.outputs());
    this.x = layout(shape.type(), shape.inputs(), 1);
    this.out = layout(shape.out(), shape.outputs(), 1);
  }

  private Pointer layout(DataType type, int rows, int columns) {
    PointerByReference layout = new PointerByReference();
    CublasLt.check(
        "describe a matrix",
        library.cublasLtMatrixLayoutCreate(layout, CudaTensor.code(type), rows, columns, rows));
    return layout.getValue();
  }

  /**
   * Describes batches of so many rows.
   *
   * @param strideOfX numbers from one row to the next
   */
  void fit(int rows, int strideOfX, int strideOfOut) {
    setLayout(x, COLUMNS, rows);
    setLayout(x, LEADING, strideOfX);
    setLayout(out, COLUMNS, rows);
    setLayout(out, LEADING, strideOfOut);
  }

  private void setLayout(Pointer layout, int attribute, long number) {
    value.setLong(0, number);
    CublasLt.check(
        "describe a matrix",
        library.cublasLtMatrixLayoutSetAttribute(layout, attribute, value, Long.BYTES));
  }

  /** Returns the operation with this epilogue and, if the epilogue adds one, this bias. */
  Pointer operation(LtEpilogue epilogue, CudaTensor bias) {
    Pointer operation = operations.computeIfAbsent(epilogue, this::operation);
    if (epilogue.addsBias()) {
      value.setLong(0, bias.pointer().address());
      setOperation(operation, BIAS_POINTER, Long.BYTES);
    }
    return operation;
  }

  private Pointer operation(LtEpilogue epilogue) {
    PointerByReference operation = new PointerByReference();
    CublasLt.check(
        "describe a product",
        library.cublasLtMatmulDescCreate(
            operation, cublasComputeType.CUBLAS_COMPUTE_32F, cudaDataType.CUDA_R_32F));
    value.setInt(0, cublasOperation.CUBLAS_OP_T);
    setOperation(operation.getValue(), TRANSPOSE_A, Integer.BYTES);
    value.setInt(0, epilogue.code());
    setOperation(operation.getValue(), EPILOGUE, Integer.BYTES);
    return operation.getValue();
  }

  private void setOperation(Pointer operation, int attribute, int bytes) {
    CublasLt.check(
        "describe a product",
        library.cublasLtMatmulDescSetAttribute(operation, attribute, value, bytes));
  }

  Pointer weights() {
    return weights;
  }

  Pointer x() {
    return x;
  }

  Pointer out() {
    return out;
  }

  @Override
  public void close() {
    operations.values().forEach(library::cublasLtMatmulDescDestroy);
    library.cublasLtMatrixLayoutDestroy(weights);
    library.cublasLtMatrixLayoutDestroy(x);
    library.cublasLtMatrixLayoutDestroy(out);
  }
}
