// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import java.io.IOException;

/** A batch job cannot go on; the message says what is wrong and where, its cause says why. */
public final class BatchException extends IOException {
  private static final long serialVersionUID = 1;

  BatchException(String message) {
    super(message);
  }

  BatchException(String message, Throwable cause) {
    super(message, cause);
  }
}
