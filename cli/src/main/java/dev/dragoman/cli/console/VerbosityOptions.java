// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.console;

import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The options that say how much a command tells the user; every command takes them. */
public final class VerbosityOptions {

  @Option(
      names = {"-v", "--verbose"},
      scope = ScopeType.INHERIT,
      description = "Show debug messages, and stack traces of errors.")
  private boolean verbose;

  @Option(
      names = {"-q", "--quiet"},
      scope = ScopeType.INHERIT,
      description = "Say nothing but errors.")
  private boolean quiet;

  /** Returns how much the user wants to see. */
  public Verbosity verbosity() {
    if (verbose) {
      return Verbosity.VERBOSE;
    }
    return quiet ? Verbosity.QUIET : Verbosity.NORMAL;
  }
}
