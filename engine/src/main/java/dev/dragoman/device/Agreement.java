// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

import java.util.Arrays;

/** The check of all devices that the tensors of an operation fit each other. */
public final class Agreement {
  private Agreement() {}

  /**
   * Refuses an operation whose shapes do not agree.
   *
   * @throws IllegalArgumentException naming the operation and its tensors
   */
  public static void check(boolean agree, String operation, Tensor... tensors) {
    if (!agree) {
      throw new IllegalArgumentException(
          operation + ": shapes do not agree: " + Arrays.toString(tensors));
    }
  }
}
