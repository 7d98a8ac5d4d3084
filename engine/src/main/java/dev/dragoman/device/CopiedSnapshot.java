// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

/** A copy made at once, of devices whose operations are done when they return. */
public final class CopiedSnapshot implements Snapshot {
  private final Device device;
  private final Tensor tensor;
  private final int[] numbers;

  /** Makes room for an I32 tensor of this device. */
  public CopiedSnapshot(Device device, Tensor tensor) {
    this.device = device;
    this.tensor = tensor;
    this.numbers = new int[tensor.shape().size()];
  }

  @Override
  public void take() {
    device.download(tensor, numbers);
  }

  @Override
  public int[] await() {
    return numbers;
  }
}
