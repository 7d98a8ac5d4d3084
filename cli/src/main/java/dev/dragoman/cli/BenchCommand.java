package dev.dragoman.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dragoman.TranslationOptions;
import dev.dragoman.text.LineReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dragoman bench}: how fast a model translates a text, and where the time goes. */
@Command(
    name = "bench",
    description = {
      "Measures how fast a model translates a text: medians of several runs, and where the time"
          + " goes.",
      ""
    },
    footer = {
      "",
      "Loading is not measured. On a machine with other work, trust the lines per second of"
          + " processor time rather than those of wall time."
    })
final class BenchCommand implements Callable<Integer> {
  private final Console console;
  private final Optional<Path> bundledModel;

  @Spec private CommandSpec spec;

  @Option(
      names = {"-m", "--model"},
      paramLabel = "DIR",
      description = "The model; by default the bundled one, French to English.")
  private Path model;

  @Parameters(paramLabel = "FILE", arity = "1..*", description = "The text to translate.")
  private List<Path> files;

  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "5",
      description = "Runs that are measured; default ${DEFAULT-VALUE}.")
  private int runs;

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      defaultValue = "2",
      description = "Runs before them, which are not; default ${DEFAULT-VALUE}.")
  private int warmUp;

  @Option(names = "--json", paramLabel = "FILE", description = "Write every number there, too.")
  private Path json;

  @Mixin private DecodingOptions decoding;

  BenchCommand(Console console, Optional<Path> bundledModel) {
    this.console = console;
    this.bundledModel = bundledModel;
  }

  @Override
  public Integer call() throws IOException {
    TranslationOptions options = decoding.checked();
    if (runs < 1 || warmUp < 0) {
      throw new ParameterException(
          spec.commandLine(), "--runs must be at least 1 and --warm-up at least 0");
    }
    Path directory =
        Optional.ofNullable(model)
            .or(() -> bundledModel)
            .orElseThrow(() -> new ParameterException(spec.commandLine(), "--model is missing"));
    Benchmark.Result result = Benchmark.run(directory, lines(), options, warmUp, runs);
    console.out().write(result.table().getBytes(StandardCharsets.UTF_8));
    if (json != null) {
      new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(json.toFile(), result.json());
    }
    return ExitCode.OK;
  }

  private List<String> lines() throws IOException {
    List<String> lines = new ArrayList<>();
    for (Path file : files) {
      try (LineReader reader = new LineReader(Files.newInputStream(file))) {
        for (var line = reader.next(); line.isPresent(); line = reader.next()) {
          lines.add(line.get().text());
        }
      }
    }
    if (lines.isEmpty()) {
      throw new CommandFailure("there is no line to translate");
    }
    return lines;
  }
}
