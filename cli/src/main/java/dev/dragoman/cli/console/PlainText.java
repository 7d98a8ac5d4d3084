// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.console;

import java.util.Locale;

/** Texts that are the same in every locale. */
public final class PlainText {

  private PlainText() {}

  /** Formats as {@link String#format} does, with a decimal point and commas between thousands. */
  public static String format(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
