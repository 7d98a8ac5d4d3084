// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.natives;

/** A native library cannot be unpacked or loaded; the message says where, why and what to do. */
public final class UnpackException extends RuntimeException {
  private static final long serialVersionUID = 1;

  UnpackException(String message, Throwable cause) {
    super(message, cause);
  }
}
