// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemFree;
import static jcuda.driver.JCudaDriver.cuMemGetInfo;

import dev.dragoman.device.OutOfDeviceMemoryException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import jcuda.CudaException;

/** Memory of a GPU that is taken piece by piece and given back all together. */
final class DeviceMemory implements AutoCloseable {
  private record Piece(DevicePointer pointer, long bytes, Optional<PinnedMemory> shared) {

    void giveBack() {
      if (shared.isPresent()) {
        shared.get().close();
      } else {
        CudaFailure.guard("give memory back", () -> cuMemFree(pointer));
      }
    }

    /**
     * Returns the place of an address in the piece; it is negative or too large if it lies outside.
     */
    long offset(DevicePointer place) {
      return place.address() - pointer.address();
    }
  }

  private final String device;
  private final AtomicLong bytesHeld;
  private final List<Piece> pieces = new ArrayList<>();

  /**
   * Counts the bytes that it takes in {@code bytesHeld}.
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
    return keep(new Piece(pointer, bytes, Optional.empty()));
  }

  /** Takes memory of the host that the GPU can use; what is in it is undefined. */
  synchronized DevicePointer takeShared(long bytes) {
    PinnedMemory pinned = new PinnedMemory(Math.toIntExact(bytes));
    return keep(new Piece(pinned.onDevice(), bytes, Optional.of(pinned)));
  }

  private DevicePointer keep(Piece piece) {
    pieces.add(piece);
    bytesHeld.addAndGet(piece.bytes());
    return piece.pointer();
  }

  /** Returns a view of some bytes of {@link #takeShared}, as they are now. */
  synchronized ByteBuffer look(DevicePointer from, long bytes) {
    for (Piece piece : pieces) {
      long offset = piece.offset(from);
      if (piece.shared().isPresent() && 0 <= offset && offset + bytes <= piece.bytes()) {
        return piece.shared().get().view((int) offset, (int) bytes);
      }
    }
    throw new IllegalArgumentException("peek into memory that is not shared");
  }

  /** Returns the bytes that are free on the GPU of this thread. */
  static long free() {
    long[] free = new long[1];
    cuMemGetInfo(free, new long[1]);
    return free[0];
  }

  @Override
  public synchronized void close() {
    while (!pieces.isEmpty()) {
      Piece piece = pieces.remove(pieces.size() - 1);
      piece.giveBack();
      bytesHeld.addAndGet(-piece.bytes());
    }
  }
}
