package dev.dragoman.device.cuda;

import static jcuda.driver.JCudaDriver.cuEventCreate;
import static jcuda.driver.JCudaDriver.cuEventDestroy;
import static jcuda.driver.JCudaDriver.cuEventRecord;
import static jcuda.driver.JCudaDriver.cuEventSynchronize;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoHAsync;

import dev.dragoman.device.DataType;
import dev.dragoman.device.DeviceLostException;
import dev.dragoman.device.Snapshot;
import jcuda.CudaException;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;

/** A copy in the host's memory, and an event that tells when it is there. */
final class CudaSnapshot implements Snapshot, AutoCloseable {
  private final Execution execution;
  private final CudaTensor tensor;
  private final PinnedMemory copy;
  private final CUevent taken = new CUevent();
  private final int[] numbers;

  /** Closed with its line of execution. */
  CudaSnapshot(Execution execution, CudaTensor tensor) {
    if (tensor.type() != DataType.I32 || !tensor.isContiguous()) {
      throw new IllegalArgumentException("snapshot of " + tensor);
    }
    this.execution = execution;
    this.tensor = tensor;
    execution.use();
    this.copy = new PinnedMemory((int) tensor.bytes());
    this.numbers = new int[tensor.shape().size()];
    CudaFailure.guard(
        "make an event", () -> cuEventCreate(taken, CUevent_flags.CU_EVENT_DISABLE_TIMING));
  }

  @Override
  public void take() {
    CudaFailure.guard(
        "take a snapshot",
        () -> {
          cuMemcpyDtoHAsync(copy.pointer(), tensor.pointer(), tensor.bytes(), execution.stream());
          cuEventRecord(taken, execution.stream());
        });
  }

  @Override
  public int[] await() {
    execution.use();
    try {
      cuEventSynchronize(taken);
    } catch (CudaException e) {
      throw new DeviceLostException("wait for a snapshot: " + e.getMessage(), e);
    }
    copy.view(0, (int) tensor.bytes()).asIntBuffer().get(numbers);
    return numbers;
  }

  @Override
  public void close() {
    cuEventDestroy(taken);
    copy.close();
  }
}
