// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

import dev.dragoman.operations.Workbench;

/** Tests of a device that lies on a workbench, a new one for each test. */
interface OnWorkbench {
  /** The token that searches begin with. */
  int START = 1;

  /** Returns the device and the numbers for it. */
  Workbench bench();

  /** Returns the type that the device has to give to what it computes on the way to a result. */
  DataType activations();

  /** Returns the device. */
  default Device device() {
    return bench().device();
  }

  /** Uploads a bias that changes nothing. */
  default Tensor noBias(int words) {
    return bench().uploadFloats(new float[words], words, 1);
  }

  /** Makes every slot ready for a sentence. */
  default void bindAll(SlotState state) {
    device().bind(bench().bindAll(state, 1), START);
  }
}
