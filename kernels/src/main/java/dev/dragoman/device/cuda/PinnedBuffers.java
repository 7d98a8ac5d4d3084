// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static jcuda.driver.JCudaDriver.*;

import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import jcuda.CudaException;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUstream;

/**
 * Pinned memory for copies between host and GPU: a ring of buffers, so that an upload does not wait
 * for the one before it. A buffer is used again once the copy out of it is over.
 */
final class PinnedBuffers implements AutoCloseable {
  /** The bytes of one buffer; what is larger is copied in parts. */
  static final int BYTES = 1 << 18;

  private static final int COUNT = 8;

  private final CUstream stream;
  private final PinnedMemory[] memory = new PinnedMemory[COUNT];
  private final IntBuffer[] integers = new IntBuffer[COUNT];
  private final CUevent[] copied = new CUevent[COUNT];
  private int next;

  PinnedBuffers(CUstream stream) {
    this.stream = stream;
    for (int i = 0; i < COUNT; i++) {
      memory[i] = new PinnedMemory(BYTES);
      copied[i] = new CUevent();
      integers[i] = memory[i].view(0, BYTES).asIntBuffer();
      cuEventCreate(copied[i], CUevent_flags.CU_EVENT_DISABLE_TIMING);
    }
  }

  /** Fills a buffer, and copies the first {@code bytes} of it when the stream gets there. */
  void upload(java.util.function.Consumer<ByteBuffer> fill, DevicePointer to, int bytes) {
    int i = next;
    next = (next + 1) % COUNT;
    CudaFailure.guardWait("wait for an upload", () -> cuEventSynchronize(copied[i]));
    fill.accept(memory[i].view(0, bytes));
    CudaFailure.guard(
        "upload " + bytes + " bytes",
        () -> {
          cuMemcpyHtoDAsync(to, memory[i].pointer(), bytes, stream);
          cuEventRecord(copied[i], stream);
        });
  }

  /** Waits for the stream and reads {@code bytes}; the result is valid until the next call. */
  ByteBuffer download(DevicePointer from, int bytes) {
    int i = next;
    next = (next + 1) % COUNT;
    CudaFailure.guardWait(
        "download " + bytes + " bytes",
        () -> {
          cuEventSynchronize(copied[i]);
          cuMemcpyDtoHAsync(memory[i].pointer(), from, bytes, stream);
          cuStreamSynchronize(stream);
        });
    return memory[i].view(0, bytes);
  }

  /** Uploads integers that fit a buffer. It leaves no garbage, as each step uploads its rows. */
  void upload(int[] from, DevicePointer to) {
    int i = next;
    next = (next + 1) % COUNT;
    try {
      cuEventSynchronize(copied[i]);
      integers[i].put(0, from);
      cuMemcpyHtoDAsync(to, memory[i].pointer(), (long) from.length * Integer.BYTES, stream);
      cuEventRecord(copied[i], stream);
    } catch (CudaException e) {
      throw CudaFailure.of("upload integers", e);
    }
  }

  @Override
  public void close() {
    for (int i = 0; i < COUNT; i++) {
      cuEventDestroy(copied[i]);
      memory[i].close();
    }
  }
}
