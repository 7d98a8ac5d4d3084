// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli;

import dev.dragoman.cli.batch.BatchCommand;
import dev.dragoman.cli.batch.BatchMergeCommand;
import dev.dragoman.cli.bench.BenchCommand;
import dev.dragoman.cli.console.CommandFailure;
import dev.dragoman.cli.console.Console;
import dev.dragoman.cli.console.ErrorReports;
import dev.dragoman.cli.console.ExitCode;
import dev.dragoman.cli.console.Logging;
import dev.dragoman.cli.console.StandardError;
import dev.dragoman.cli.console.VerbosityOptions;
import dev.dragoman.cli.console.Version;
import dev.dragoman.cli.doctor.DoctorCommand;
import dev.dragoman.cli.models.ConvertCommand;
import dev.dragoman.cli.models.InfoCommand;
import dev.dragoman.cli.models.PullCommand;
import dev.dragoman.cli.options.Backend;
import dev.dragoman.cli.options.CommandContext;
import dev.dragoman.cli.options.RealBackend;
import dev.dragoman.cli.translate.TranslateCommand;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command line's entry: {@code dragoman COMMAND}. */
@Command(
    name = "dragoman",
    description = "Translates text with Transformer models.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = Version.class,
    sortOptions = false,
    usageHelpAutoWidth = true,
    synopsisSubcommandLabel = "COMMAND")
public final class Main implements Runnable {

  @Spec private CommandSpec spec;

  @Mixin private final VerbosityOptions options = new VerbosityOptions();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }

  /** Runs the program in a process of its own. */
  public static void main(String[] args) {
    PrintStream err = StandardError.open();
    System.setErr(err);
    Logging.install();
    Console console =
        new Console(
            new FileInputStream(FileDescriptor.in),
            new FileOutputStream(FileDescriptor.out),
            err,
            terminals(),
            Integer.getInteger("dragoman.columns", 80));
    Optional<Path> bundledModel =
        Optional.ofNullable(System.getProperty("dragoman.home"))
            .map(home -> Path.of(home, "models", "fr-en"))
            .filter(Files::isDirectory); // the bundle for GPU machines has none
    System.exit(run(args, console, new RealBackend(), bundledModel));
  }

  /**
   * Runs one command.
   *
   * @param bundledModel the model that is used when none is named
   * @return the exit code
   */
  static int run(String[] args, Console console, Backend backend, Optional<Path> bundledModel) {
    Main main = new Main();
    ErrorReports errors = new ErrorReports(console.err(), main.options::verbosity);
    CommandLine line = new CommandLine(main);
    subcommands(args, new CommandContext(console, main.options, backend, bundledModel))
        .forEach(line::addSubcommand);
    line.setOut(new PrintWriter(console.out(), true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler((e, unused) -> errors.usage(e))
        .setExecutionExceptionHandler((e, command, result) -> errors.failure(e))
        .setExecutionStrategy(
            result -> {
              Logging.setVerbosity(main.options.verbosity());
              return new CommandLine.RunLast().execute(result);
            });
    try {
      int code = line.execute(args);
      if (code == ExitCode.OK && line.getOut().checkError()) {
        return errors.failure(new CommandFailure("standard output cannot be written"));
      }
      return code;
    } catch (Error e) { // out of memory, a native library that does not load
      return errors.failure(e);
    }
  }

  /**
   * Returns all commands, or only the one with which the arguments begin, because picocli reads
   * each by reflection.
   */
  private static List<Object> subcommands(String[] args, CommandContext context) {
    Map<String, Supplier<Object>> all = new LinkedHashMap<>();
    all.put("translate", () -> new TranslateCommand(context));
    all.put(
        "batch",
        () ->
            new CommandLine(new BatchCommand(context))
                .addSubcommand(new BatchMergeCommand(context.console())));
    all.put("info", () -> new InfoCommand(context));
    all.put("pull", () -> new PullCommand(context, System.getenv()));
    all.put("convert", () -> new ConvertCommand(context));
    all.put("bench", () -> new BenchCommand(context));
    all.put("doctor", () -> new DoctorCommand(context));
    String completion = "completion"; // which is for all of them
    all.put(completion, () -> new CompletionCommand(context.console()));
    if (args.length > 0 && all.containsKey(args[0]) && !args[0].equals(completion)) {
      return List.of(all.get(args[0]).get());
    }
    return all.values().stream().map(Supplier::get).toList();
  }

  private static Set<Console.Stream> terminals() {
    return Pattern.compile(",")
        .splitAsStream(System.getProperty("dragoman.terminals", ""))
        .filter(name -> !name.isEmpty())
        .map(Console.Stream::valueOf)
        .collect(Collectors.toUnmodifiableSet());
  }
}
