// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.operations;

/** A result is too far from its reference; the message says where and by how much. */
public final class DisagreementException extends RuntimeException {
  private static final long serialVersionUID = 1;

  DisagreementException(String message) {
    super(message);
  }
}
