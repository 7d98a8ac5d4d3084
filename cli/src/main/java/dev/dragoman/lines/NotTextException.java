// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.lines;

import java.io.IOException;

/**
 * Says that an input is not text; the message says what it is, and what to do, without its name.
 */
public final class NotTextException extends IOException {
  private static final long serialVersionUID = 1;

  NotTextException(String message) {
    super(message);
  }
}
