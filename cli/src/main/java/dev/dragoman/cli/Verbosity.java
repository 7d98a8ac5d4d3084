package dev.dragoman.cli;

/** How much is said on standard error. */
enum Verbosity {
  /** Errors alone. */
  QUIET,
  /** Warnings, notes, progress and a summary too. */
  NORMAL,
  /** Debug messages and stack traces too. */
  VERBOSE
}
