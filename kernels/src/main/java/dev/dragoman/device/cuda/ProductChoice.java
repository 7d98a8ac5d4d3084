// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import java.util.Optional;

/** A choice of what multiplies rows by weights of a shape. */
sealed interface ProductChoice {

  /** cublasLt, always with this algorithm. */
  record OneAlgorithm(LtAlgorithm algorithm) implements ProductChoice {
    @Override
    public String text() {
      return "cublasLt " + algorithm.text();
    }

    @Override
    public String describe() {
      return "cublasLt, with one algorithm for all batches";
    }
  }

  /**
   * cuBLAS, with the algorithms that it takes.
   *
   * @param leastRows that batches are filled up to
   */
  record Filled(int leastRows) implements ProductChoice {
    @Override
    public String text() {
      return "cuBLAS " + leastRows;
    }

    @Override
    public String describe() {
      return leastRows == 1
          ? "cuBLAS"
          : "cuBLAS, in batches of at least "
              + leastRows
              + " rows, as smaller ones have other bits";
    }
  }

  /** Our own kernels. */
  record Own() implements ProductChoice {
    @Override
    public String text() {
      return "own";
    }

    @Override
    public String describe() {
      return "our own kernels, as NVIDIA's give a row other bits in small batches";
    }
  }

  /** Returns how many rows a batch must have at least, so that a row has the same bits in each. */
  default int leastRows() {
    return 1;
  }

  /** Returns the text that a file has for it. */
  String text();

  /** Says which choice it is. */
  String describe();

  /** Reads what {@link #text} has written; empty if it is something else. */
  static Optional<ProductChoice> parse(String text) {
    if (text.equals("own")) {
      return Optional.of(new Own());
    }
    if (text.matches("cuBLAS [1-9]\\d{0,8}")) {
      return Optional.of(new Filled(Integer.parseInt(text.substring("cuBLAS ".length()))));
    }
    return text.startsWith("cublasLt ")
        ? LtAlgorithm.parse(text.substring("cublasLt ".length())).map(OneAlgorithm::new)
        : Optional.empty();
  }
}
