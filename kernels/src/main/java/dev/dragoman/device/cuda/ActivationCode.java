package dev.dragoman.device.cuda;

import dev.dragoman.device.Activation;

/** What the kernels call an activation: the enum in common.cuh. */
final class ActivationCode {
  private ActivationCode() {}

  static int of(Activation activation) {
    return switch (activation) {
      case NONE -> 0;
      case RELU -> 1;
      case SWISH -> 2;
      case GELU -> 3;
      case GELU_TANH -> 4;
    };
  }
}
