// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import dev.dragoman.device.DataType;
import java.util.Arrays;

/** Checks that refuse inputs that do not fit together. */
final class Shapes {
  private Shapes() {}

  static void check(boolean agree, String operation, CudaTensor... tensors) {
    if (!agree) {
      throw new IllegalArgumentException(
          operation + ": shapes do not agree: " + Arrays.toString(tensors));
    }
  }

  /** Requires that all tensors have this type. */
  static void ofType(String operation, DataType type, CudaTensor... tensors) {
    for (CudaTensor tensor : tensors) {
      if (tensor.type() != type) {
        throw new IllegalArgumentException(operation + ": " + type + " is needed: " + tensor);
      }
    }
  }

  /** Requires that all tensors have one type. */
  static void sameType(String operation, CudaTensor first, CudaTensor... others) {
    for (CudaTensor other : others) {
      if (other.type() != first.type()) {
        throw new IllegalArgumentException(operation + ": types differ: " + first + ", " + other);
      }
    }
  }
}
