package dev.dragoman.device.cuda;

import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemFree;
import static jcuda.driver.JCudaDriver.cuMemGetInfo;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import jcuda.CudaException;

/** Memory of a GPU that is taken piece by piece and given back all together. */
final class DeviceMemory implements AutoCloseable {
  private record Piece(DevicePointer pointer, long bytes) {}

  private final AtomicLong bytesHeld;
  private final List<Piece> pieces = new ArrayList<>();

  /** Counts what it takes in {@code bytesHeld}. */
  DeviceMemory(AtomicLong bytesHeld) {
    this.bytesHeld = bytesHeld;
  }

  /**
   * Takes memory; what is in it is undefined.
   *
   * @throws CudaFailure with what was asked for and what was free
   */
  synchronized DevicePointer take(long bytes) {
    DevicePointer pointer = new DevicePointer();
    long size = Math.max(bytes, 1); // CUDA has no empty pieces
    try {
      cuMemAlloc(pointer, size);
    } catch (CudaException e) {
      throw new CudaFailure(
          String.format(
              "take %d bytes on the GPU, of which %d MiB are free: %s;"
                  + " use fewer slots, a smaller beam or a shorter maximal length",
              bytes, free() >> 20, e.getMessage()),
          e);
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
    for (Piece piece : pieces) {
      CudaFailure.guard("give memory back", () -> cuMemFree(piece.pointer()));
      bytesHeld.addAndGet(-piece.bytes());
    }
    pieces.clear();
  }
}
