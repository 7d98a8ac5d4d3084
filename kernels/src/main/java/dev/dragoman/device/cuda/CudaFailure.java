// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import dev.dragoman.device.DeviceLostException;

/**
 * Says that a call of CUDA failed; the message says what was asked for and what the driver
 * answered.
 */
public final class CudaFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  CudaFailure(String message) {
    super(message);
  }

  CudaFailure(String message, Throwable cause) {
    super(message, cause);
  }

  /** Runs one call, and adds to the exception that JCuda throws what the call was for. */
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

  /**
   * Returns the failure for an exception of JCuda; for calls in each step, where {@link #guard}'s
   * lambda would be garbage.
   */
  static CudaFailure of(String what, jcuda.CudaException e) {
    return new CudaFailure(what + ": " + e.getMessage(), e);
  }
}
