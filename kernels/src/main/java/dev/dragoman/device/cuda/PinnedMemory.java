// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static jcuda.driver.JCudaDriver.cuMemAllocHost;
import static jcuda.driver.JCudaDriver.cuMemFreeHost;
import static jcuda.driver.JCudaDriver.cuMemHostGetDevicePointer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.Pointer;

/** Memory of the host that GPUs read and write themselves. */
final class PinnedMemory implements AutoCloseable {
  private final Pointer pointer = new Pointer();
  private final ByteBuffer bytes;

  /** Takes memory; what is in it is undefined. */
  PinnedMemory(int bytes) {
    int size = Math.max(bytes, 1);
    CudaFailure.guard(
        "take " + bytes + " bytes of pinned memory", () -> cuMemAllocHost(pointer, size));
    this.bytes = pointer.getByteBuffer(0, bytes).order(ByteOrder.nativeOrder());
  }

  /** Returns the pointer that calls of the driver take. */
  Pointer pointer() {
    return pointer;
  }

  /** Returns the address that kernels use. */
  DevicePointer onDevice() {
    DevicePointer there = new DevicePointer();
    CudaFailure.guard("find pinned memory", () -> cuMemHostGetDevicePointer(there, pointer, 0));
    return there;
  }

  /** Returns what is in it now. */
  ByteBuffer view(int first, int count) {
    return bytes.slice(first, count).order(ByteOrder.nativeOrder());
  }

  @Override
  public void close() {
    CudaFailure.guard("give pinned memory back", () -> cuMemFreeHost(pointer));
  }
}
