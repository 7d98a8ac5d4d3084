// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.translate;

import static dev.dragoman.cli.console.PlainText.format;

import dev.dragoman.Translation;
import dev.dragoman.cli.console.Console;
import dev.dragoman.cli.console.Verbosity;
import dev.dragoman.cli.files.InputLine;

/**
 * Tells the user about lines that failed, each of them, and about those that are worth a note, the
 * first few of them and then how many more there were.
 */
final class LineReport {
  private static final int NOTES_SHOWN = 10;

  private final Console console;
  private final Verbosity verbosity;
  private long notes;
  private long failures;
  private long malformed;

  LineReport(Console console, Verbosity verbosity) {
    this.console = console;
    this.verbosity = verbosity;
  }

  /** Looks at one line. */
  void add(InputLine line, Translation translation) {
    if (line.malformed() > 0) {
      malformed++;
      note(line, "is not UTF-8 in " + times(line.malformed()) + ", read as U+FFFD");
    }
    translation.note().ifPresent(text -> note(line, text));
    translation
        .failure()
        .ifPresent(
            reason -> {
              failures++;
              console.message(
                  "dragoman: " + line.place() + ": not translated, left empty: " + reason);
            });
  }

  /** Lines that could not be translated. */
  long failures() {
    return failures;
  }

  /** Says what was not said line by line. */
  void end() {
    if (verbosity == Verbosity.QUIET) {
      return;
    }
    if (notes > NOTES_SHOWN) {
      console.message(format("dragoman: %,d more notes like these", notes - NOTES_SHOWN));
    }
    if (malformed > 1) {
      console.message(format("dragoman: %,d lines were not UTF-8", malformed));
    }
    if (failures > 1) {
      console.message(format("dragoman: %,d lines could not be translated", failures));
    }
  }

  private void note(InputLine line, String text) {
    notes++;
    if (verbosity != Verbosity.QUIET && notes <= NOTES_SHOWN) {
      console.message("dragoman: " + line.place() + ": " + text);
    }
  }

  private static String times(int count) {
    return count == 1 ? "one place" : count + " places";
  }
}
