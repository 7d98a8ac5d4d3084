// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.console;

/** How much is said on standard error. */
public enum Verbosity {
  /** Errors alone. */
  QUIET,
  /** Warnings, notes, progress and a summary too. */
  NORMAL,
  /** Debug messages and stack traces too. */
  VERBOSE
}
