// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.text;

/** Makes of any text a part of a message, which is one line. */
public final class OneLine {
  private static final int LONGEST_QUOTE = 160;

  private OneLine() {}

  /**
   * Quotes text from a file or a library: control characters become blanks, and what is longer than
   * 160 characters is cut.
   */
  public static String of(String text) {
    String line = String.valueOf(text).replaceAll("\\p{Cntrl}+", " ").strip();
    return line.length() <= LONGEST_QUOTE ? line : line.substring(0, LONGEST_QUOTE) + "…";
  }

  /** Returns the first line of a text. */
  public static String first(String text) {
    return text.split("\\R", 2)[0];
  }

  /** Says what went wrong: the message's first line, or the exception's name if it has none. */
  public static String of(Throwable problem) {
    String message = problem.getMessage();
    return message == null ? problem.getClass().getSimpleName() : first(message);
  }
}
