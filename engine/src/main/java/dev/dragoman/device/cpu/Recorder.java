// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import dev.dragoman.device.Recording;
import java.util.Optional;

/** Performs operations at once, or keeps those of a step to be performed any number of times. */
final class Recorder {
  private Optional<Recording> recording = Optional.empty();

  /** Keeps what a step performs. */
  Runnable record(Runnable step) {
    refuse("record");
    Recording made = new Recording();
    recording = Optional.of(made);
    try {
      step.run();
    } finally {
      recording = Optional.empty();
    }
    return made;
  }

  /** Performs an operation, or keeps it while a step is recorded. */
  void perform(Runnable operation) {
    if (recording.isPresent()) {
      recording.get().add(operation);
    } else {
      operation.run();
    }
  }

  /**
   * Refuses what a recorded step cannot do.
   *
   * @throws IllegalStateException while a step is recorded
   */
  void refuse(String what) {
    if (recording.isPresent()) {
      throw new IllegalStateException("a recorded step cannot " + what);
    }
  }
}
