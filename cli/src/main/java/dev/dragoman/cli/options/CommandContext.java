// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.options;

import dev.dragoman.cli.console.Console;
import dev.dragoman.cli.console.Verbosity;
import dev.dragoman.cli.console.VerbosityOptions;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What every command is made from.
 *
 * @param options known once the command line has been parsed
 * @param bundledModel the model that is used when none is named
 */
public record CommandContext(
    Console console, VerbosityOptions options, Backend backend, Optional<Path> bundledModel) {

  /**
   * Returns the model that was named, or the bundled one; nothing where there is neither.
   *
   * @param named null if none was
   */
  public Optional<Path> modelOrBundled(Path named) {
    return Optional.ofNullable(named).or(() -> bundledModel);
  }

  /** Returns how much the user wants to see. */
  public Verbosity verbosity() {
    return options.verbosity();
  }
}
