// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import dev.dragoman.device.Activation;
import dev.dragoman.device.DataType;
import dev.dragoman.device.Inspection.Fact;
import dev.dragoman.device.cuda.ProductChoice.Filled;
import dev.dragoman.device.cuda.ProductChoice.OneAlgorithm;
import dev.dragoman.device.cuda.ProductChoice.Own;
import java.util.List;
import java.util.Optional;

/**
 * Products by NVIDIA's libraries in batches for which they give a row always the same bits, and by
 * our own kernels where there is no such batch; see {@link ProductTrial}.
 */
final class InvariantGemm implements MatrixProduct {
  private final Execution execution;
  private final VendorProducts vendor;
  private final KernelGemm ours;
  private final ProductChoices choices;

  /** Takes its memory now, as a recorded step cannot take any. */
  InvariantGemm(Execution execution, Cublas libraries) {
    this.execution = execution;
    this.vendor = new VendorProducts(execution, libraries);
    this.ours = new KernelGemm(execution, vendor.name());
    this.choices = execution.gpu().productChoices(vendor.name());
  }

  /** Chooses what multiplies by weights like these, if nobody has and there is a choice. */
  @Override
  public void prepare(CudaLinear weights, DataType out) {
    if (!isAligned(weights.weights())) {
      return;
    }
    ProductShape shape = ProductShape.of(weights, out);
    ProductTrial trial = new ProductTrial(execution, choices.invariance(), weights, shape);
    choices.choose(shape, choice -> isPossible(choice, trial), () -> tryOut(trial));
  }

  private boolean isPossible(ProductChoice choice, ProductTrial trial) {
    if (choice instanceof OneAlgorithm one) {
      return vendor.lt().filter(lt -> trial.isPossible(lt, one.algorithm())).isPresent();
    }
    return choice instanceof Own || vendor.cublas().isPresent();
  }

  private ProductChoice tryOut(ProductTrial trial) {
    Optional<ProductChoice> byLt = vendor.lt().flatMap(trial::algorithm).map(OneAlgorithm::new);
    return byLt.or(() -> vendor.cublas().flatMap(trial::leastRows).map(Filled::new))
        .orElseGet(Own::new);
  }

  @Override
  public int leastRows() {
    return choices.leastRows();
  }

  @Override
  public void multiply(CudaTensor x, CudaLinear weights, Activation activation, CudaTensor out) {
    ProductShape shape = ProductShape.of(weights, out.type());
    ProductChoice choice = choices.of(shape);
    if (choice instanceof Own || !isAligned(x) || !isAligned(out)) {
      ours.multiply(x, weights, activation, out);
      return;
    }
    int most = choices.invariance().mostRows(shape);
    for (int first = 0; first < x.count(); first += most) {
      int count = Math.min(most, x.count() - first);
      multiply(choice, x.rows(first, count), weights, activation, out.rows(first, count));
    }
  }

  private void multiply(
      ProductChoice choice,
      CudaTensor x,
      CudaLinear weights,
      Activation activation,
      CudaTensor out) {
    if (choice instanceof OneAlgorithm one) {
      started(vendor.lt()).multiply(one.algorithm(), x, weights, activation, out);
    } else {
      started(vendor.cublas()).multiply(x, weights, activation, out);
    }
  }

  private static <T> T started(Optional<T> library) {
    return library.orElseThrow(
        () ->
            new CudaFailure(
                "the library that was chosen for a product cannot be started by another worker:"
                    + " lower the setting workers"));
  }

  /**
   * Returns whether a matrix is aligned as in the trials; products of others may add up in another
   * order.
   */
  private static boolean isAligned(CudaTensor matrix) {
    return matrix.pointer().address() % LtGemm.ALIGNMENT == 0
        && (long) matrix.stride() * matrix.type().bytes() % LtGemm.ALIGNMENT == 0;
  }

  @Override
  public boolean isOurs() {
    return false;
  }

  @Override
  public long workspaceBytes() {
    return vendor.workspace().bytes();
  }

  @Override
  public String name() {
    return vendor.name();
  }

  @Override
  public List<Fact> facts() {
    return choices.facts();
  }

  @Override
  public void close() {
    vendor.close();
  }
}
