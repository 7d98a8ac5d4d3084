// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.batch;

import static dev.dragoman.cli.console.PlainText.format;

import dev.dragoman.batch.BatchListener;
import dev.dragoman.cli.console.Console;
import dev.dragoman.cli.console.Verbosity;

/** Tells the user about the first lines that failed or are worth a note, and counts the others. */
final class BatchMessages implements BatchListener {
  private static final int SHOWN = 10;

  private final Console console;
  private final Verbosity verbosity;
  private long failures;
  private long notes;

  BatchMessages(Console console, Verbosity verbosity) {
    this.console = console;
    this.verbosity = verbosity;
  }

  @Override
  public void failed(String place, String reason, String instead) {
    failures++;
    if (failures <= SHOWN) {
      console.message("dragoman: " + place + ": not translated, " + instead + ": " + reason);
    }
  }

  @Override
  public void noted(String place, String note) {
    notes++;
    if (notes <= SHOWN && verbosity != Verbosity.QUIET) {
      console.message("dragoman: " + place + ": " + note);
    }
  }

  /** Says what was not said line by line. */
  void end() {
    if (failures > SHOWN) {
      more(failures - SHOWN, "more lines like these could not be translated");
    }
    if (notes > SHOWN && verbosity != Verbosity.QUIET) {
      more(notes - SHOWN, "more notes like these");
    }
  }

  private void more(long count, String what) {
    console.message(format("dragoman: %,d %s", count, what));
  }
}
