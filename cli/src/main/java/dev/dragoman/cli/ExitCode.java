package dev.dragoman.cli;

/** The program's exit codes. */
final class ExitCode {

  /** Everything was done. */
  static final int OK = 0;

  /** A failure. */
  static final int FAILURE = 1;

  /** Wrong usage. */
  static final int USAGE = 2;

  /** Done, but some lines could not be translated. */
  static final int LINES_FAILED = 3;

  private ExitCode() {}
}
