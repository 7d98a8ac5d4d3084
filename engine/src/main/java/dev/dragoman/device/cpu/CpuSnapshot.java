package dev.dragoman.device.cpu;

import dev.dragoman.device.Device;
import dev.dragoman.device.Snapshot;
import dev.dragoman.device.Tensor;

/** A copy: on the processor everything asked for is done already. */
final class CpuSnapshot implements Snapshot {
  private final Device device;
  private final Tensor tensor;
  private final int[] numbers;

  CpuSnapshot(Device device, Tensor tensor) {
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
