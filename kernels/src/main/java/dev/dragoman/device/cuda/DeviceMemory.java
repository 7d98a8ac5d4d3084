package dev.dragoman.device.cuda;

import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemFree;
import static jcuda.driver.JCudaDriver.cuMemGetInfo;

import dev.dragoman.device.OutOfDeviceMemoryException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import jcuda.CudaException;

/** Memory of a GPU that is taken piece by piece and given back all together. */
final class DeviceMemory implements AutoCloseable {
  private record Piece(DevicePointer pointer, long bytes) {}

  private final String device;
  private final AtomicLong bytesHeld;
  private final List<Piece> pieces = new ArrayList<>();

  /**
   * Counts what it takes in {@code bytesHeld}.
   *
   * @param device what users call it
   */
  DeviceMemory(String device, AtomicLong bytesHeld) {
    this.device = device;
    this.bytesHeld = bytesHeld;
  }

  /**
   * Takes memory; what is in it is undefined.
   *
   * @throws OutOfDeviceMemoryException with what was asked for and what was free
   */
  synchronized DevicePointer take(long bytes) {
    DevicePointer pointer = new DevicePointer();
    long size = Math.max(bytes, 1); // CUDA has no empty pieces
    try {
      cuMemAlloc(pointer, size);
    } catch (CudaException e) {
      // The exception has no code but its name.
      if (e.getMessage().contains("OUT_OF_MEMORY")) {
        throw new OutOfDeviceMemoryException(device, bytes, free(), e);
      }
      throw new CudaFailure("take " + bytes + " bytes on " + device + ": " + e.getMessage(), e);
    }
    pieces.add(new Piece(pointer, bytes));
    bytesHeld.addAndGet(bytes);
    return pointer;
  }

  /** Bytes that are free on the GPU of this thread. */
  static long free() {
    long[] free = new long[1];
    cuMemGetInfo(free, new long[1]);
    return free[0];
  }

  @Override
  public synchronized void close() {
    while (!pieces.isEmpty()) {
      Piece piece = pieces.remove(pieces.size() - 1);
      CudaFailure.guard("give memory back", () -> cuMemFree(piece.pointer()));
      bytesHeld.addAndGet(-piece.bytes());
    }
  }
}
