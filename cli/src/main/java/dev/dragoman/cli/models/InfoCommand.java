// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.models;

import dev.dragoman.cli.console.Console;
import dev.dragoman.cli.console.ExitCode;
import dev.dragoman.cli.options.CommandContext;
import dev.dragoman.model.Model;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dragoman info}: what a model is and what it needs. */
@Command(
    name = "info",
    description =
        "Shows what a model is, its sizes, the memory it needs, and which precision's products are"
            + " the fastest on this processor.",
    footer = {"", "Exit codes: 0 the model can run, 1 it cannot, and why, 2 wrong usage."})
public final class InfoCommand implements Callable<Integer> {
  private final CommandContext context;
  private final Console console;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "MODEL",
      arity = "0..1",
      description = "The model's directory, or its name on the hub; by default the bundled one.")
  private Path model;

  public InfoCommand(CommandContext context) {
    this.context = context;
    this.console = context.console();
  }

  @Override
  public Integer call() throws IOException {
    Path asked =
        context
            .modelOrBundled(model)
            .orElseThrow(() -> new ParameterException(spec.commandLine(), "MODEL is missing"));
    Path directory = context.backend().locate(asked);
    Model opened = context.backend().open(directory);
    String card =
        ModelCard.of(directory, opened)
            + ProductSpeeds.measure(opened.config())
                .map(speeds -> ModelCard.line("precision", speeds.text()))
                .orElse("");
    console.out().write(card.getBytes(StandardCharsets.UTF_8));
    return ExitCode.OK;
  }
}
