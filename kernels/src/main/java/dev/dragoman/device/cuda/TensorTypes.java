// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import dev.dragoman.device.DataType;

/** Checks that refuse tensors of other types. */
final class TensorTypes {
  private TensorTypes() {}

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
