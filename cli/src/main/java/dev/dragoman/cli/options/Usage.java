// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.options;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The check of a command line that picocli can read. */
public final class Usage {

  private Usage() {}

  /**
   * Refuses wrong usage.
   *
   * @param rule what does not hold, for the user
   * @throws ParameterException if the condition does not hold
   */
  public static void require(CommandSpec command, boolean condition, String rule) {
    if (!condition) {
      throw new ParameterException(command.commandLine(), rule);
    }
  }
}
