package dev.dragoman.device.cuda;

import static jcuda.driver.JCudaDriver.*;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.Pointer;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUstream;

/**
 * Pinned memory for what crosses between host and GPU: a ring of buffers, so that an upload does
 * not wait for the one before it. A buffer is used again once the copy out of it is over.
 */
final class PinnedBuffers implements AutoCloseable {
  /** Bytes of one buffer; what is larger crosses in parts. */
  static final int BYTES = 1 << 18;

  private static final int COUNT = 8;

  private final CUstream stream;
  private final Pointer[] memory = new Pointer[COUNT];
  private final CUevent[] copied = new CUevent[COUNT];
  private int next;

  PinnedBuffers(CUstream stream) {
    this.stream = stream;
    for (int i = 0; i < COUNT; i++) {
      memory[i] = new Pointer();
      copied[i] = new CUevent();
      cuMemAllocHost(memory[i], BYTES);
      cuEventCreate(copied[i], CUevent_flags.CU_EVENT_DISABLE_TIMING);
    }
  }

  /** Fills a buffer, and copies the first {@code bytes} of it when the stream gets there. */
  void upload(java.util.function.Consumer<ByteBuffer> fill, DevicePointer to, int bytes) {
    int i = next;
    next = (next + 1) % COUNT;
    CudaFailure.guard("wait for an upload", () -> cuEventSynchronize(copied[i]));
    fill.accept(view(i, bytes));
    CudaFailure.guard(
        "upload " + bytes + " bytes",
        () -> {
          cuMemcpyHtoDAsync(to, memory[i], bytes, stream);
          cuEventRecord(copied[i], stream);
        });
  }

  /** Waits for the stream and reads {@code bytes}; the result is valid until the next call. */
  ByteBuffer download(DevicePointer from, int bytes) {
    int i = next;
    next = (next + 1) % COUNT;
    CudaFailure.guard(
        "download " + bytes + " bytes",
        () -> {
          cuEventSynchronize(copied[i]);
          cuMemcpyDtoHAsync(memory[i], from, bytes, stream);
          cuStreamSynchronize(stream);
        });
    return view(i, bytes);
  }

  private ByteBuffer view(int i, int bytes) {
    return memory[i].getByteBuffer(0, bytes).order(ByteOrder.nativeOrder());
  }

  @Override
  public void close() {
    for (int i = 0; i < COUNT; i++) {
      cuEventDestroy(copied[i]);
      cuMemFreeHost(memory[i]);
    }
  }
}
