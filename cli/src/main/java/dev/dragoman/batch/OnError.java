// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

/** What is written for a line that cannot be translated. */
public enum OnError {
  /** The line itself. */
  COPY("left as it was"),
  /** An empty line. */
  EMPTY("left empty"),
  /** Nothing: the job ends. */
  FAIL("the job ends");

  private final String words;

  OnError(String words) {
    this.words = words;
  }

  /** Returns what was done, as messages say it. */
  String words() {
    return words;
  }
}
