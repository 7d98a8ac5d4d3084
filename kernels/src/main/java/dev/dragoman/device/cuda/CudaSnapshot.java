// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static jcuda.driver.JCudaDriver.cuEventCreate;
import static jcuda.driver.JCudaDriver.cuEventDestroy;
import static jcuda.driver.JCudaDriver.cuEventRecord;
import static jcuda.driver.JCudaDriver.cuEventSynchronize;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoHAsync;

import dev.dragoman.device.DataType;
import dev.dragoman.device.DeviceLostException;
import dev.dragoman.device.Snapshot;
import java.nio.IntBuffer;
import jcuda.CudaException;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUstream;

/** A copy in the host's memory, and an event that tells when it is there. */
final class CudaSnapshot implements Snapshot, AutoCloseable {
  private final Execution execution;
  private final CudaTensor tensor;
  private final PinnedMemory copy;
  private final IntBuffer seen;
  private final CUevent taken = new CUevent();
  private final int[] numbers;

  /** Takes memory that is given back with the fork. */
  CudaSnapshot(Execution execution, CudaTensor tensor) {
    if (tensor.type() != DataType.I32 || !tensor.isContiguous()) {
      throw new IllegalArgumentException("snapshot of " + tensor);
    }
    this.execution = execution;
    this.tensor = tensor;
    execution.use();
    this.copy = new PinnedMemory((int) tensor.bytes());
    this.seen = copy.view(0, (int) tensor.bytes()).asIntBuffer();
    this.numbers = new int[tensor.shape().size()];
    CudaFailure.guard(
        "make an event", () -> cuEventCreate(taken, CUevent_flags.CU_EVENT_DISABLE_TIMING));
  }

  @Override
  public void take() {
    try { // no lambda: each step comes here, and leaves no garbage behind
      CUstream stream = execution.stream();
      cuMemcpyDtoHAsync(copy.pointer(), tensor.pointer(), tensor.bytes(), stream);
      cuEventRecord(taken, stream);
    } catch (CudaException e) {
      throw CudaFailure.of("take a snapshot", e);
    }
  }

  @Override
  public int[] await() {
    execution.use();
    try {
      cuEventSynchronize(taken);
    } catch (CudaException e) {
      throw new DeviceLostException("wait for a snapshot: " + e.getMessage(), e);
    }
    seen.get(0, numbers);
    return numbers;
  }

  @Override
  public void close() {
    cuEventDestroy(taken);
    copy.close();
  }
}
