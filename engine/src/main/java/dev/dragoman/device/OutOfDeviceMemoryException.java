// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

/** A device has less memory than was asked for; the message says both, in one line. */
public final class OutOfDeviceMemoryException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * Says how much was asked for, and how much was free.
   *
   * @param device its name
   * @param asked bytes that were asked for
   * @param free bytes that were free
   */
  public OutOfDeviceMemoryException(String device, long asked, long free, Throwable cause) {
    super(
        String.format("%d bytes were asked for on %s, and %d are free", asked, device, free),
        cause);
  }
}
