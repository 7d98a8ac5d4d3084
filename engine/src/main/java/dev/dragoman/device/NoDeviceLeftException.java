// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

/**
 * Every device of a translator is lost, so that nothing can be translated any more. The message
 * names each and what failed on it, in one line.
 */
public final class NoDeviceLeftException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Reports the devices and what failed on each. */
  public NoDeviceLeftException(String message) {
    super(message);
  }
}
