// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.batch;

import dev.dragoman.cli.options.Usage;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The option that names the folder of a job's outputs. */
final class OutputDirOption {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = {"-o", "--output-dir"},
      paramLabel = "DIR",
      description = "Where to.")
  private Path folder;

  /**
   * Returns the folder.
   *
   * @throws ParameterException if none is named
   */
  Path folder() {
    Usage.require(command, folder != null, "--output-dir DIR is missing");
    return folder;
  }
}
