// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

/**
 * A device can no longer be used by this process: a kernel failed on it, its memory is broken, or
 * it is gone. Every later operation on it fails as well. The message says what failed, in one line.
 */
public final class DeviceLostException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Reports what failed. */
  public DeviceLostException(String message, Throwable cause) {
    super(message, cause);
  }
}
