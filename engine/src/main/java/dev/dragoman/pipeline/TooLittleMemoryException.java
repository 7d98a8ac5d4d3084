// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.pipeline;

/**
 * The options ask for more memory than a device has; the message says what is needed, what is free
 * and what would fit, in one line.
 */
public final class TooLittleMemoryException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Says what would fit. */
  public TooLittleMemoryException(String message) {
    super(message);
  }

  /** Says what would fit, after the device has refused what was asked for. */
  public TooLittleMemoryException(String message, Throwable cause) {
    super(message, cause);
  }
}
