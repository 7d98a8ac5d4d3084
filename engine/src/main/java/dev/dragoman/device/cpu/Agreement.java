// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import dev.dragoman.device.Tensor;
import java.util.Arrays;

/** Refuses operations whose tensors do not fit each other. */
final class Agreement {
  private Agreement() {}

  /**
   * Refuses an operation whose shapes do not agree.
   *
   * @throws IllegalArgumentException naming the operation and its tensors
   */
  static void check(boolean agree, String operation, Tensor... tensors) {
    if (!agree) {
      throw new IllegalArgumentException(
          operation + ": shapes do not agree: " + Arrays.toString(tensors));
    }
  }
}
