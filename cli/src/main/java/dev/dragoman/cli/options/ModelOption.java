// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.options;

import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The option that names the model. */
public final class ModelOption {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = {"-m", "--model"},
      paramLabel = "DIR",
      description =
          "The model's directory, or its name on the hub once it has been pulled; by default the"
              + " bundled one, French to English.")
  private Path model;

  /** Returns the directory of the model that was named, or of the bundled one. */
  public Path locate(CommandContext context) throws IOException {
    Path asked =
        context
            .modelOrBundled(model)
            .orElseThrow(
                () -> new ParameterException(command.commandLine(), "--model DIR is missing"));
    return context.backend().locate(asked);
  }
}
