package dev.dragoman.cli;

import dev.dragoman.model.Model;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
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
final class InfoCommand implements Callable<Integer> {
  private final Console console;
  private final Backend backend;
  private final Optional<Path> bundledModel;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "MODEL",
      arity = "0..1",
      description = "The model's directory, or its name on the hub; by default the bundled one.")
  private Path model;

  InfoCommand(Console console, Backend backend, Optional<Path> bundledModel) {
    this.console = console;
    this.backend = backend;
    this.bundledModel = bundledModel;
  }

  @Override
  public Integer call() throws IOException {
    Path directory =
        backend.locate(
            Optional.ofNullable(model)
                .or(() -> bundledModel)
                .orElseThrow(() -> new ParameterException(spec.commandLine(), "MODEL is missing")));
    Model opened = backend.open(directory);
    String card =
        ModelCard.of(directory, opened)
            + ProductSpeeds.measure(opened.config())
                .map(speeds -> ModelCard.line("precision", speeds.text()))
                .orElse("");
    console.out().write(card.getBytes(StandardCharsets.UTF_8));
    return ExitCode.OK;
  }
}
