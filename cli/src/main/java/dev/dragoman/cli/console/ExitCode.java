// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.console;

/** The program's exit codes. */
public final class ExitCode {

  /** Everything was done. */
  public static final int OK = 0;

  /** A failure. */
  public static final int FAILURE = 1;

  /** Wrong usage. */
  public static final int USAGE = 2;

  /** Done, but some lines could not be translated. */
  public static final int LINES_FAILED = 3;

  private ExitCode() {}
}
