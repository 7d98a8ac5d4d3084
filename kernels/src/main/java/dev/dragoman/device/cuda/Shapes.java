package dev.dragoman.device.cuda;

import java.util.Arrays;

/** Refuses inputs that do not fit together. */
final class Shapes {
  private Shapes() {}

  static void check(boolean agree, String operation, CudaTensor... tensors) {
    if (!agree) {
      throw new IllegalArgumentException(
          operation + ": shapes do not agree: " + Arrays.toString(tensors));
    }
  }

  /** All of one type. */
  static void sameType(String operation, CudaTensor first, CudaTensor... others) {
    for (CudaTensor other : others) {
      if (other.type() != first.type()) {
        throw new IllegalArgumentException(operation + ": types differ: " + first + ", " + other);
      }
    }
  }
}
