// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import java.io.IOException;
import java.nio.file.Path;

/** A batch job cannot go on; the message says what is wrong and where, its cause says why. */
public final class BatchException extends IOException {
  private static final long serialVersionUID = 1;

  BatchException(String message) {
    super(message);
  }

  BatchException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Makes the refusal of a file that does not hold what the job's journal says. */
  static BatchException changed(Path file) {
    return new BatchException(
        file
            + " is not as the journal has it: it was changed or lost; the setting restart=true begins"
            + " anew");
  }
}
