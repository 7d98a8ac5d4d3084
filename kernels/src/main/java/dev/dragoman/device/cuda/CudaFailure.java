package dev.dragoman.device.cuda;

import dev.dragoman.device.DeviceLostException;

/** A call of CUDA failed; the message says what was asked for and what the driver answered. */
public final class CudaFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  CudaFailure(String message) {
    super(message);
  }

  CudaFailure(String message, Throwable cause) {
    super(message, cause);
  }

  /** Runs one call; JCuda throws where it fails, and this adds what it was for. */
  static void guard(String what, Runnable call) {
    try {
      call.run();
    } catch (jcuda.CudaException e) {
      throw of(what, e);
    }
  }

  /**
   * Runs a call that waits for the GPU.
   *
   * @throws DeviceLostException if it fails: after that, so does everything on this GPU
   */
  static void guardWait(String what, Runnable call) {
    try {
      call.run();
    } catch (jcuda.CudaException e) {
      throw new DeviceLostException(what + ": " + e.getMessage(), e);
    }
  }

  /** What JCuda threw, and what for; without {@link #guard} where each step would make a lambda. */
  static CudaFailure of(String what, jcuda.CudaException e) {
    return new CudaFailure(what + ": " + e.getMessage(), e);
  }
}
