// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model;

/**
 * A model file is missing, broken or says something unsupported; the message names the file and the
 * place, in one line.
 */
public final class ModelFormatException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Says what is wrong and where. */
  public ModelFormatException(String message) {
    super(message);
  }

  /** Says what is wrong and where, and keeps what caused it. */
  public ModelFormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
