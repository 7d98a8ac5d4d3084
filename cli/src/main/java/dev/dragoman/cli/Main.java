package dev.dragoman.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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
final class Main implements Runnable {

  @Spec private CommandSpec spec;

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

  /** How much the user wants to see. */
  Verbosity verbosity() {
    if (verbose) {
      return Verbosity.VERBOSE;
    }
    return quiet ? Verbosity.QUIET : Verbosity.NORMAL;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }

  /** Runs the program in a process of its own. */
  public static void main(String[] args) {
    PrintStream err = StandardError.open();
    System.setErr(err);
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
    ErrorReports errors = new ErrorReports(console.err(), main);
    CommandLine line =
        new CommandLine(main)
            .addSubcommand(new TranslateCommand(console, backend, bundledModel))
            .addSubcommand(
                new CommandLine(new BatchCommand(console, backend, bundledModel))
                    .addSubcommand(new BatchMergeCommand(console)))
            .addSubcommand(new InfoCommand(console, backend, bundledModel))
            .addSubcommand(new PullCommand(console, System.getenv()))
            .addSubcommand(new ConvertCommand(console, backend))
            .addSubcommand(new BenchCommand(console, backend, bundledModel))
            .addSubcommand(new DoctorCommand(console, backend, bundledModel))
            .addSubcommand(new CompletionCommand(console));
    line.setOut(new PrintWriter(console.out(), true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler((e, unused) -> errors.usage(e))
        .setExecutionExceptionHandler((e, command, result) -> errors.failure(e))
        .setExecutionStrategy(
            result -> {
              Logging.setVerbosity(main.verbosity());
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

  private static Set<Console.Stream> terminals() {
    return Pattern.compile(",")
        .splitAsStream(System.getProperty("dragoman.terminals", ""))
        .filter(name -> !name.isEmpty())
        .map(Console.Stream::valueOf)
        .collect(Collectors.toUnmodifiableSet());
  }
}
