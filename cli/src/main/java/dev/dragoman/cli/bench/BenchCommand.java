// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.bench;

import dev.dragoman.TranslationOptions;
import dev.dragoman.Translator;
import dev.dragoman.benchmark.Floor;
import dev.dragoman.benchmark.RandomTransformer;
import dev.dragoman.benchmark.SentenceLengths;
import dev.dragoman.benchmark.TransformerShape;
import dev.dragoman.cli.console.CommandFailure;
import dev.dragoman.cli.console.Console;
import dev.dragoman.cli.console.ExitCode;
import dev.dragoman.cli.files.InputLines;
import dev.dragoman.cli.files.JsonReport;
import dev.dragoman.cli.options.CommandContext;
import dev.dragoman.cli.options.DecodingOptions;
import dev.dragoman.cli.options.ModelOption;
import dev.dragoman.cli.options.Usage;
import dev.dragoman.device.Limits;
import dev.dragoman.model.Model;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dragoman bench}: how fast a model translates a text, and where the time goes. */
@Command(
    name = "bench",
    description = {
      "Measures how fast a model translates a text, and where the time goes: medians of several"
          + " runs, the latency of single lines, and the share of what the hardware could do.",
      "",
      "With --shape it needs neither a model nor a text: it draws weights of that size and sentences"
          + " of real lengths at random, the same ones each time, and every translation gets the"
          + " length that was drawn for it.",
      ""
    },
    footer = {
      "",
      "Loading is not measured. On a machine with other work, trust the lines per second of"
          + " processor time rather than those of wall time.",
      "",
      "The floor is the least time in which the hardware could do the same steps: its memory's or its"
          + " products', whichever is longer, for each part of a step. A processor's limits are"
          + " measured, a card's are looked up."
    })
public final class BenchCommand implements Callable<Integer> {
  private static final int SEED = 20260101;

  /**
   * Lines of a run for each slot, so many that its beginning and end, when slots are free, count
   * little.
   */
  private static final int LINES_PER_SLOT = 4;

  private static final int MOST_LINES = 1_000_000;
  private static final int MOST_LENGTH = 200;

  private final CommandContext context;
  private final Console console;

  @Spec private CommandSpec spec;

  @Mixin private ModelOption model;

  @Parameters(
      paramLabel = "FILE",
      arity = "0..*",
      description = "The text to translate; none with --shape.")
  private List<Path> files = List.of();

  @Option(
      names = "--shape",
      paramLabel = "SHAPE",
      description =
          "base and big as in \"Attention Is All You Need\" with 58,101 words; tiny, a shallow"
              + " student (6+2 layers, d 256, 8 heads, feed-forward 1536, 32,000 words); or the"
              + " directory of a model, whose own weights then are used.")
  private String shape;

  @Option(
      names = "--length",
      paramLabel = "TOKENS",
      defaultValue = "25",
      description =
          "With --shape: the mean length of a translation; the lengths are those of Multi30k, all"
              + " multiplied to have that mean. Default ${DEFAULT-VALUE}.")
  private int length;

  @Option(
      names = "--lines",
      paramLabel = "N",
      defaultValue = "0",
      description = "With --shape: lines of a run; default 0, four for each slot.")
  private int lines;

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

  @Option(
      names = "--latency",
      paramLabel = "N",
      defaultValue = "100",
      description =
          "Lines that are translated one at a time after the runs; default ${DEFAULT-VALUE}.")
  private int latency;

  @Option(
      names = "--host",
      description =
          "Measure what the host does for each line of the text, on a device that does nothing.")
  private boolean host;

  @Option(
      names = "--predict",
      paramLabel = "CARD",
      description =
          "With --shape: only print the floor of a full decoder step on this card (h200), part by"
              + " part; nothing is measured.")
  private StepFloor.Card card;

  @Option(names = "--json", paramLabel = "FILE", description = "Write every number there, too.")
  private Path json;

  @Mixin private DecodingOptions decoding;

  public BenchCommand(CommandContext context) {
    this.context = context;
    this.console = context.console();
  }

  @Override
  public Integer call() throws IOException {
    TranslationOptions options = decoding.checked();
    check();
    if (card != null) {
      print(
          StepFloor.of(
                  shape().orElseGet(() -> TransformerShape.of(directoryModel().config())),
                  card,
                  lengths(),
                  options.search().beamSize(),
                  options.engine().slots())
              .table());
      return ExitCode.OK;
    }
    Optional<JsonReport> numbers = JsonReport.checked(json);
    Benchmark.Plan plan = new Benchmark.Plan(warmUp, runs, latency);
    if (host) {
      HostBenchmark measured =
          HostBenchmark.measure(openModel(), readLines(), options.withWorkers(1), plan);
      report(measured.table(), measured.json(), numbers);
    } else {
      BenchReport report = shape == null ? benchText(options, plan) : benchShape(options, plan);
      report(report.table(), report.json(), numbers);
    }
    return ExitCode.OK;
  }

  private BenchReport benchText(TranslationOptions options, Benchmark.Plan plan)
      throws IOException {
    List<String> text = readLines();
    Model opened = openModel();
    opened.requireLanguages();
    TextCost cost = TextCost.of(opened.tokenizer(), text);
    BenchDevices devices = BenchDevices.open(options.device());
    Translator translator = Translator.load(opened, devices.opened(), options);
    Subject subject = new Subject(opened, "a text", Optional.of(cost));
    return bench(new TextWorkload(translator, text), subject, devices, plan);
  }

  private BenchReport benchShape(TranslationOptions options, Benchmark.Plan plan) {
    Model made =
        shape().map(named -> RandomTransformer.of(named, SEED)).orElseGet(this::directoryModel);
    int most = lines == 0 ? MOST_LINES : lines;
    BenchDevices devices = BenchDevices.open(options.device());
    Workload workload =
        ForcedWorkload.load(
            made,
            devices.opened(),
            options,
            lengths().draw(most, SEED),
            slots -> lines == 0 ? LINES_PER_SLOT * slots : lines);
    String text = "random words, translations of " + length + " tokens in the mean";
    return bench(workload, new Subject(made, text, Optional.empty()), devices, plan);
  }

  /** What is measured, for the report. */
  private record Subject(Model model, String text, Optional<TextCost> cost) {}

  private BenchReport bench(
      Workload workload, Subject subject, BenchDevices devices, Benchmark.Plan plan) {
    try (workload) {
      Optional<Limits> limits = devices.limits();
      Benchmark.Measured measured = new Benchmark(workload, devices.timed()).measure(plan);
      Workload.Loaded loaded = workload.loaded();
      TransformerShape network = TransformerShape.of(subject.model.config());
      return new BenchReport(
          new BenchReport.Setting(
              subject.model.config().label().name(),
              network,
              loaded.description(),
              BenchReport.Setting.named(decoding.checked()),
              subject.text,
              workload.lines(),
              subject.cost),
          new BenchReport.Hardware(
              loaded.deviceBytes(),
              loaded.workers(),
              loaded.slots(),
              devices.facts(),
              limits,
              devices.sideBySide(loaded.workers()),
              devices.precision().map(type -> new Floor(network, type))),
          measured);
    }
  }

  private void check() {
    Usage.require(
        spec, runs >= 1 && warmUp >= 0, "--runs must be at least 1 and --warm-up at least 0");
    Usage.require(spec, latency >= 0, "--latency must be at least 0");
    Usage.require(
        spec,
        1 <= length && length <= MOST_LENGTH,
        "--length must be from 1 to " + MOST_LENGTH + ", not " + length);
    Usage.require(
        spec,
        0 <= lines && lines <= MOST_LINES,
        "--lines must be from 0 to " + MOST_LINES + ", not " + lines);
    Usage.require(spec, shape != null || card == null, "--predict needs --shape");
    Usage.require(spec, shape == null || !host, "--host needs a text, not --shape");
    Usage.require(spec, shape == null || files.isEmpty(), "--shape needs no FILE");
    Usage.require(
        spec, shape != null || !files.isEmpty(), "name a FILE to translate, or a --shape");
  }

  private Optional<TransformerShape> shape() {
    return TransformerShape.named(shape);
  }

  private Model directoryModel() {
    Path directory = Path.of(shape);
    Usage.require(
        spec,
        Files.exists(directory),
        "--shape must be base, big, tiny or the directory of a model, not '" + shape + "'");
    return context.backend().open(directory);
  }

  private SentenceLengths lengths() {
    return SentenceLengths.measured().scaledTo(length);
  }

  private Model openModel() throws IOException {
    return context.backend().open(model.locate(context));
  }

  private void print(String text) throws IOException {
    console.out().write(text.getBytes(StandardCharsets.UTF_8));
  }

  private void report(String table, Map<String, Object> numbers, Optional<JsonReport> file)
      throws IOException {
    print(table);
    if (file.isPresent()) {
      file.get().write(numbers);
    }
  }

  private List<String> readLines() throws IOException {
    List<String> text = InputLines.readAll(files, console);
    if (text.isEmpty()) {
      throw new CommandFailure("there is no line to translate");
    }
    return text;
  }
}
