package dev.dragoman.device.cuda;

import dev.dragoman.device.Activation;
import dev.dragoman.device.DataType;
import java.util.EnumSet;

/**
 * Products by cuBLAS, in batches of which it gives a row the same bits, and by our own kernels
 * where there is no such batch: see {@link BatchInvariance}.
 */
final class InvariantGemm implements MatrixProduct {
  private final Execution execution;
  private final CublasGemm cublas;
  private final KernelGemm ours;
  private final BatchInvariance invariance;

  InvariantGemm(Execution execution) {
    this.execution = execution;
    this.cublas = new CublasGemm(execution);
    this.ours = new KernelGemm(execution);
    this.invariance = execution.gpu().batchInvariance();
  }

  @Override
  public void prepare(CudaLinear weights) {
    for (DataType out : EnumSet.of(weights.weights().type(), DataType.F32)) {
      String shape = shape(weights, out);
      if (invariance.isUnknown(shape)) {
        int most = mostRows(weights, out);
        try (BatchTrial trial = new BatchTrial(execution, cublas, weights, out, most)) {
          invariance.tryOut(shape, most, trial::agrees);
        }
      }
    }
  }

  @Override
  public int leastRows() {
    return invariance.leastRows();
  }

  @Override
  public void multiply(CudaTensor x, CudaLinear weights, Activation activation, CudaTensor out) {
    if (!invariance.uses(shape(weights, out.type()))) {
      ours.multiply(x, weights, activation, out);
      return;
    }
    int most = mostRows(weights, out.type());
    for (int first = 0; first < x.count(); first += most) {
      int count = Math.min(most, x.count() - first);
      cublas.multiply(x.rows(first, count), weights, activation, out.rows(first, count));
    }
  }

  private int mostRows(CudaLinear weights, DataType out) {
    return invariance.mostRows((long) weights.outputs() * out.bytes());
  }

  private static String shape(CudaLinear weights, DataType out) {
    return String.format(
        "%d to %d (%s to %s)",
        weights.inputs(), weights.outputs(), weights.weights().type().label(), out.label());
  }

  @Override
  public boolean isOurs() {
    return false;
  }

  @Override
  public long workspaceBytes() {
    return cublas.workspaceBytes();
  }

  @Override
  public String name() {
    return cublas.name();
  }

  @Override
  public void close() {
    cublas.close();
  }
}
