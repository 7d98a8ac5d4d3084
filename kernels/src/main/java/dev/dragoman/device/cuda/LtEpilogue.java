// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import dev.dragoman.device.Activation;
import java.util.Optional;

/** An operation that cublasLt applies to a product before it writes it (cublasLtEpilogue_t). */
enum LtEpilogue {
  NONE(1),
  RELU(2),
  BIAS(4),
  RELU_BIAS(6),
  GELU(32),
  GELU_BIAS(36);

  private final int code;

  LtEpilogue(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  boolean addsBias() {
    return this == BIAS || this == RELU_BIAS || this == GELU_BIAS;
  }

  /** Returns the epilogue that does all of this; its GELU is the approximation. */
  static Optional<LtEpilogue> of(boolean hasBias, Activation activation) {
    return switch (activation) {
      case NONE -> Optional.of(hasBias ? BIAS : NONE);
      case RELU -> Optional.of(hasBias ? RELU_BIAS : RELU);
      case GELU_TANH -> Optional.of(hasBias ? GELU_BIAS : GELU);
      case SWISH, GELU -> Optional.empty();
    };
  }
}
