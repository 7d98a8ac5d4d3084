// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

/**
 * A device that was asked for is not there; the message gives the reason and what to do, in one
 * line.
 */
public final class DeviceUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Reports the reason. */
  public DeviceUnavailableException(String message) {
    super(message);
  }

  /** Reports the reason and what caused it. */
  public DeviceUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
