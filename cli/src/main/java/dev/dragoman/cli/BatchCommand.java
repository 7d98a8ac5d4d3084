package dev.dragoman.cli;

import dev.dragoman.TranslationOptions;
import dev.dragoman.cli.batch.BatchJob;
import dev.dragoman.cli.batch.BatchPlan;
import dev.dragoman.cli.batch.BatchStatus;
import dev.dragoman.cli.batch.Compression;
import dev.dragoman.cli.batch.Hashing;
import dev.dragoman.cli.batch.JobFolder;
import dev.dragoman.cli.batch.OnError;
import dev.dragoman.cli.batch.RecordFormat;
import dev.dragoman.cli.batch.Shard;
import dev.dragoman.cli.lines.KnownLines;
import dev.dragoman.cli.lines.LinePipeline;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/**
 * {@code dragoman batch}: many files in, their translations in a folder, whatever interrupts it.
 */
@Command(
    name = "batch",
    description = {
      "Translates many files into a folder. A job that was interrupted, by whatever, goes on when"
          + " the same command is given again, and its result is the same to the byte.",
      ""
    },
    footer = {
      "",
      "Files keep their names, and below folders and patterns their places. An output has its name"
          + " only when it is complete and on disk; until then, and for the journal, there is a"
          + " hidden folder .dragoman in the output folder.",
      "",
      "SIGTERM and SIGINT finish the lines that are being translated, for at most ten seconds, and"
          + " leave a job that can go on.",
      "",
      "Exit codes: 0 all lines were translated, 1 a failure, 2 wrong usage, 3 some lines could"
          + " not be translated, 130 and 143 interrupted by SIGINT and SIGTERM."
    })
final class BatchCommand implements Callable<Integer> {
  private final Console console;
  private final Backend backend;
  private final Optional<Path> bundledModel;

  @ParentCommand private Main main;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "INPUT",
      description = "Files, folders with all files below them, and patterns such as 'data/**.txt'.")
  private List<String> inputs = new ArrayList<>();

  @Option(
      names = "--files-from",
      paramLabel = "LIST",
      description = "Files with names of files, one on each line; the names keep their folders.")
  private List<Path> lists = new ArrayList<>();

  @Option(
      names = {"-o", "--output-dir"},
      paramLabel = "DIR",
      description = "Where to.")
  private Path outputDir;

  @Option(
      names = "--compression",
      paramLabel = "TYPE",
      description =
          "Of the outputs: none, gz, zst, xz or bz2; by default each as its input. Changes the"
              + " names' ends.")
  private Compression compression;

  @Option(names = "--restart", description = "Begin anew, and replace outputs that are there.")
  private boolean restart;

  @Option(
      names = "--on-error",
      paramLabel = "WHAT",
      defaultValue = "empty",
      description =
          "A line that cannot be translated, not even alone: write it as it was (copy), empty (the"
              + " default), or let the job fail. A record that cannot be read stays as it was.")
  private OnError onError;

  @Option(
      names = "--checkpoint",
      paramLabel = "SECONDS",
      defaultValue = "5",
      description =
          "How often everything that is done is made safe; default ${DEFAULT-VALUE}. At most so"
              + " much is translated again after an interruption.")
  private double checkpoint;

  @Mixin private ModelOption model;

  @Mixin private RecordOptions records;

  @Mixin private LanguageOptions languages;

  @Mixin private DecodingOptions decoding;

  BatchCommand(Console console, Backend backend, Optional<Path> bundledModel) {
    this.console = console;
    this.backend = backend;
    this.bundledModel = bundledModel;
  }

  @Override
  public Integer call() throws IOException {
    TranslationOptions options = checkedOptions();
    RecordFormat format = records.checked();
    LanguageOptions.Languages chosen = languages.checked();
    Path directory = model.locate(backend, bundledModel);
    BatchPlan plan = plan(format);
    Map<String, String> settings = new TreeMap<>(decoding.settings());
    settings.putAll(languages.settings());
    settings.putAll(format.settings());
    settings.put("--on-error", onError.name().toLowerCase(Locale.ROOT));
    settings.put("the program", Version.number());
    settings.put("the model (SHA-256)", Hashing.ofModel(directory));
    try (BatchJob job = new BatchJob(plan, JobFolder.open(outputDir, Shard.ALL))) {
      if (!restart) {
        job.check(settings);
        if (job.isFinished()) {
          return finished(job);
        }
      }
      try (TextTranslator translator = load(directory, chosen, options)) {
        settings.put("the device", translator.device());
        if (restart) {
          job.restart(settings);
        } else if (job.begin(settings)) {
          message("goes on with the job that was begun in " + outputDir);
        }
        return run(job, translator);
      }
    }
  }

  private TranslationOptions checkedOptions() {
    TranslationOptions options = decoding.checked();
    if (inputs.isEmpty() && lists.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "no INPUT is given");
    }
    if (outputDir == null) {
      throw new ParameterException(spec.commandLine(), "--output-dir DIR is missing");
    }
    if (options.nBest() > 1) {
      throw new ParameterException(
          spec.commandLine(), "--n-best: batch writes one translation for each line");
    }
    if (!(checkpoint >= 0 && checkpoint <= 3600)) {
      throw new ParameterException(spec.commandLine(), "--checkpoint must be from 0 to 3600");
    }
    return options;
  }

  private BatchPlan plan(RecordFormat format) throws IOException {
    try {
      return BatchPlan.of(
          new BatchPlan.Inputs(inputs, lists), outputDir, format, Optional.ofNullable(compression));
    } catch (BatchPlan.BadInputsException e) {
      List<String> problems = e.problems();
      if (problems.size() == 1) {
        throw new CommandFailure(problems.get(0), e);
      }
      problems.forEach(problem -> console.message("dragoman: " + problem));
      throw e;
    }
  }

  private TextTranslator load(
      Path directory, LanguageOptions.Languages chosen, TranslationOptions options) {
    try {
      return backend.load(directory, chosen, options);
    } catch (IllegalArgumentException e) { // the options ask for more memory than there is
      throw new CommandFailure(e.getMessage(), e);
    }
  }

  private int run(BatchJob job, TextTranslator translator) throws IOException {
    BatchMessages messages = new BatchMessages(console, main.verbosity());
    BatchJob.Setup setup =
        new BatchJob.Setup(
            translator::translate,
            KnownLines.none(),
            onError,
            messages,
            Duration.ofNanos((long) (checkpoint * 1e9)));
    LinePipeline.End end;
    try {
      end = BatchInterruption.during(() -> job.run(setup), job, console);
    } catch (IOException | RuntimeException e) {
      throw new CommandFailure(ErrorReports.describe(e) + "; " + safe(job), e);
    }
    messages.end();
    return end == LinePipeline.End.COMPLETE ? finished(job) : ExitCode.OK;
  }

  private static String safe(BatchJob job) throws IOException {
    Optional<BatchStatus> status = job.status();
    return status.isEmpty()
        ? "nothing was translated"
        : String.format(
            Locale.ROOT,
            "%,d of %,d lines are safe, and the same command goes on from there",
            status.get().recordsDone(),
            status.get().records());
  }

  private int finished(BatchJob job) throws IOException {
    BatchStatus status = job.stored();
    message(
        String.format(
            Locale.ROOT,
            "%,d lines of %,d files are translated in %s",
            status.recordsDone(),
            status.files(),
            outputDir));
    return status.failures() > 0 ? ExitCode.LINES_FAILED : ExitCode.OK;
  }

  private void message(String text) {
    if (main.verbosity() != Verbosity.QUIET) {
      console.message("dragoman: " + text);
    }
  }
}
