// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.batch;

import dev.dragoman.TranslationOptions;
import dev.dragoman.Translator;
import dev.dragoman.batch.BatchJob;
import dev.dragoman.batch.BatchListener;
import dev.dragoman.batch.BatchPlan;
import dev.dragoman.batch.Compression;
import dev.dragoman.batch.JobFolder;
import dev.dragoman.batch.OnError;
import dev.dragoman.batch.RecordFormat;
import dev.dragoman.batch.Shard;
import dev.dragoman.cli.console.CommandFailure;
import dev.dragoman.cli.console.Console;
import dev.dragoman.cli.console.ExitCode;
import dev.dragoman.cli.console.Provenance;
import dev.dragoman.cli.console.Verbosity;
import dev.dragoman.cli.options.CommandContext;
import dev.dragoman.cli.options.DecodingOptions;
import dev.dragoman.cli.options.InvisibleOption;
import dev.dragoman.cli.options.LanguageOptions;
import dev.dragoman.cli.options.LanguageOptions.Languages;
import dev.dragoman.cli.options.ModelOption;
import dev.dragoman.cli.options.Usage;
import dev.dragoman.lines.RecentLines;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
      "Files are UTF-8, plain or compressed as .gz, .zst, .xz or .bz2; what is not text is refused.",
      "",
      "Files keep their names, and below folders and patterns their places. An output has its name"
          + " only when it is complete and on disk; until then, and for the journal, there is a"
          + " hidden folder .dragoman in the output folder.",
      "",
      "SIGTERM and SIGINT finish the lines that are being translated, for at most eight seconds, and"
          + " leave a job that can go on.",
      "",
      "Exit codes: 0 all lines were translated, 1 a failure, 2 wrong usage, 3 some lines could"
          + " not be translated, 130 and 143 interrupted by SIGINT and SIGTERM."
    })
public final class BatchCommand implements Callable<Integer> {
  private final CommandContext context;
  private final Console console;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "INPUT",
      description = "Files, folders with all files below them, and patterns such as 'data/**.txt'.")
  private List<String> inputs = new ArrayList<>();

  @Option(
      names = "--files-from",
      paramLabel = "LIST",
      description =
          "Files with names of files, one on each line, - for standard input; the names keep their"
              + " folders.")
  private List<Path> lists = new ArrayList<>();

  @Mixin private OutputDirOption outputDir;

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
      names = "--dry-run",
      description =
          "Write nothing: list inputs and outputs with their lines, and say about how long it will"
              + " take, by translating some lines.")
  private boolean dryRun;

  @Option(
      names = "--shard",
      paramLabel = "K/N",
      description =
          "Translate only the K-th of N equal parts of the lines; batch merge joins them. auto and"
              + " auto/N take K from the environment: SLURM_ARRAY_TASK_ID (and N from"
              + " SLURM_ARRAY_TASK_COUNT) or JOB_COMPLETION_INDEX.")
  private String shard;

  @Option(
      names = "--on-error",
      paramLabel = "WHAT",
      defaultValue = "empty",
      description =
          "A line that cannot be translated, not even alone: write it as it was (copy), empty (the"
              + " default), or let the job fail. A record that cannot be read stays as it was.")
  private OnError onError;

  @Option(
      names = "--memory",
      paramLabel = "FILE",
      description =
          "A translation memory, an SQLite file, made if it is not there: lines that it knows from"
              + " the same model, options and device are not translated again.")
  private Path memory;

  @Option(
      names = "--cache",
      paramLabel = "LINES",
      defaultValue = "50000",
      description =
          "So many of the last lines are not translated again when they come once more; default"
              + " ${DEFAULT-VALUE}.")
  private int cache;

  @Option(
      names = "--checkpoint",
      paramLabel = "SECONDS",
      defaultValue = "5",
      description =
          "How often everything that is done is made safe; default ${DEFAULT-VALUE}. At most so"
              + " much is translated again after an interruption.")
  private double checkpoint;

  /**
   * The time that a signal waits, as the program has to end ten seconds after it; tests give it
   * less.
   */
  @Option(
      names = "--grace",
      paramLabel = "SECONDS",
      defaultValue = "8",
      hidden = true,
      description = "How long a signal waits for the lines that are being translated.")
  private double grace;

  @Mixin private BatchReportOptions reports;

  @Mixin private ModelOption model;

  @Mixin private RecordOptions records;

  @Mixin private LanguageOptions languages;

  @Mixin private InvisibleOption invisible;

  @Mixin private DecodingOptions decoding;

  public BatchCommand(CommandContext context) {
    this.context = context;
    this.console = context.console();
  }

  @Override
  public Integer call() throws IOException {
    TranslationOptions options = checkedOptions();
    RecordFormat format = records.checked();
    Languages chosen = languages.checked();
    Shard part = shard();
    reports.check();
    Path directory = model.locate(context);
    BatchPlan plan = plan(format);
    if (dryRun) {
      try (Translator translator = context.backend().load(directory, chosen, options)) {
        new BatchEstimate(console)
            .show(plan, part, invisible.before(translator), translator.description());
      }
      return ExitCode.OK;
    }
    Map<String, String> given = new TreeMap<>(decoding.settings());
    given.putAll(languages.settings());
    given.putAll(invisible.settings());
    BatchSettings settings = BatchSettings.of(directory, given, format, onError);
    List<String> words = spec.root().commandLine().getParseResult().originalArgs();
    BatchRun run =
        new BatchRun(console, context.verbosity(), reports, Provenance.of(words), seconds(grace));
    try (BatchJob job = new BatchJob(plan, JobFolder.open(outputDir.folder(), part))) {
      if (!restart) {
        job.check(settings.all());
        if (job.isFinished()) {
          return run.conclude(job);
        }
      }
      try (Translator translator = context.backend().load(directory, chosen, options)) {
        BatchSettings here = settings.on(translator);
        Optional<Path> file = Optional.ofNullable(memory);
        try (BatchRun.Memory store = BatchRun.Memory.open(file, here.translating())) {
          begin(job, here.all());
          return run.run(job, translator, setup(translator, store, run.listener()));
        }
      }
    }
  }

  private void begin(BatchJob job, Map<String, String> settings) throws IOException {
    if (restart) {
      job.restart(settings);
    } else if (job.begin(settings) && context.verbosity() != Verbosity.QUIET) {
      console.message("dragoman: goes on with the job that was begun in " + outputDir.folder());
    }
  }

  private BatchJob.Setup setup(
      Translator translator, BatchRun.Memory store, BatchListener listener) {
    return new BatchJob.Setup(
        invisible.before(translator),
        new RecentLines(cache, store.store()),
        onError,
        listener,
        seconds(checkpoint));
  }

  private static Duration seconds(double seconds) {
    return Duration.ofNanos((long) (seconds * 1e9));
  }

  private TranslationOptions checkedOptions() {
    TranslationOptions options = decoding.checked();
    Usage.require(spec, !inputs.isEmpty() || !lists.isEmpty(), "no INPUT is given");
    outputDir.folder(); // refuses a missing one before anything is read
    Usage.require(
        spec,
        options.search().nBest() == 1,
        "--n-best: batch writes one translation for each line");
    Usage.require(
        spec, checkpoint >= 0 && checkpoint <= 3600, "--checkpoint must be from 0 to 3600");
    Usage.require(spec, cache >= 0 && cache <= 10_000_000, "--cache must be from 0 to 10000000");
    return options;
  }

  private Shard shard() {
    try {
      return shard == null ? Shard.ALL : Shard.parse(shard, System.getenv());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private BatchPlan plan(RecordFormat format) throws IOException {
    try (ReadingBar reading = new ReadingBar(console, context.verbosity())) {
      return BatchPlan.of(
          new BatchPlan.Inputs(inputs, lists),
          new BatchPlan.Outputs(outputDir.folder(), Optional.ofNullable(compression)),
          format,
          reading);
    } catch (BatchPlan.BadInputsException e) {
      List<String> problems = e.problems();
      if (problems.size() == 1) {
        throw new CommandFailure(problems.get(0), e);
      }
      problems.forEach(problem -> console.message("dragoman: " + problem));
      throw e;
    }
  }
}
