// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import dev.dragoman.device.Activation;
import dev.dragoman.device.LogitsSearch;
import dev.dragoman.device.Shape;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * A trial that finds out what multiplies by weights of one shape, with the rows, types, strides and
 * workspace that translations have.
 */
final class ProductTrial {
  /**
   * The number of matrices in the rows of some results: a layer's queries, keys and values stand
   * side by side, which makes the stride so many times the width.
   */
  private static final int SIDE_BY_SIDE = 3;

  private final Execution execution;
  private final BatchInvariance invariance;
  private final CudaLinear weights;
  private final ProductShape shape;

  ProductTrial(
      Execution execution, BatchInvariance invariance, CudaLinear weights, ProductShape shape) {
    this.execution = execution;
    this.invariance = invariance;
    this.weights = weights;
    this.shape = shape;
  }

  /** Returns the fastest algorithm of cublasLt that gives a row the same bits in every batch. */
  Optional<LtAlgorithm> algorithm(LtGemm lt) {
    List<LtAlgorithm> algorithms = lt.algorithms(weights, example());
    if (invariance.isTrusted() || algorithms.isEmpty()) {
      return algorithms.stream().findFirst();
    }
    try (BatchTrial trial = trial()) {
      Map<LtAlgorithm, Double> seconds = new HashMap<>();
      for (LtAlgorithm algorithm : algorithms) {
        seconds.put(algorithm, trial.seconds(way(lt, algorithm), CudaDevice.SUITED_ROWS));
      }
      return algorithms.stream()
          .sorted(Comparator.comparing(seconds::get))
          .filter(algorithm -> trial.leastRows(way(lt, algorithm)).equals(OptionalInt.of(1)))
          .findFirst();
    }
  }

  /** Returns whether cublasLt has this algorithm, which was found earlier. */
  boolean isPossible(LtGemm lt, LtAlgorithm algorithm) {
    return lt.accepts(algorithm, weights, example());
  }

  private BatchTrial.Way way(LtGemm lt, LtAlgorithm algorithm) {
    return (x, out) -> lt.multiply(algorithm, x, weights, Activation.NONE, out);
  }

  /**
   * Returns from how many rows on cuBLAS, with the algorithms that it chooses, gives a row the same
   * bits in every batch; empty where that is too many.
   */
  Optional<Integer> leastRows(CublasGemm cublas) {
    if (invariance.isTrusted()) {
      return Optional.of(1);
    }
    try (BatchTrial trial = trial()) {
      OptionalInt least =
          trial.leastRows((x, out) -> cublas.multiply(x, weights, Activation.NONE, out));
      return least.isPresent() ? Optional.of(least.getAsInt()) : Optional.empty();
    }
  }

  private BatchTrial trial() {
    return new BatchTrial(execution, shape, invariance.mostRows(shape), strides());
  }

  /** Returns results of a usual number of rows, without memory. */
  private CudaTensor example() {
    Shape rows = new Shape(CudaDevice.SUITED_ROWS, strides().get(0));
    return CudaTensor.contiguous(new DevicePointer(), shape.out(), rows)
        .columns(0, shape.outputs());
  }

  private List<Integer> strides() {
    return IntStream.of(LogitsSearch.stride(shape.outputs()), SIDE_BY_SIDE * shape.inputs())
        .filter(stride -> stride >= shape.outputs())
        .distinct()
        .boxed()
        .toList();
  }
}
