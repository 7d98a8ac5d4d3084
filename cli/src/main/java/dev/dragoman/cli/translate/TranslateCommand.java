// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.translate;

import dev.dragoman.TranslationOptions;
import dev.dragoman.Translator;
import dev.dragoman.cli.console.Console;
import dev.dragoman.cli.console.ExitCode;
import dev.dragoman.cli.console.Interruption;
import dev.dragoman.cli.console.Verbosity;
import dev.dragoman.cli.files.Input;
import dev.dragoman.cli.files.InputLines;
import dev.dragoman.cli.files.Output;
import dev.dragoman.cli.files.StreamOutput;
import dev.dragoman.cli.options.CommandContext;
import dev.dragoman.cli.options.CompletionWords;
import dev.dragoman.cli.options.DecodingOptions;
import dev.dragoman.cli.options.InvisibleOption;
import dev.dragoman.cli.options.LanguageOptions;
import dev.dragoman.cli.options.ModelOption;
import dev.dragoman.cli.options.Usage;
import dev.dragoman.device.Volume;
import dev.dragoman.pipeline.AttentionWeights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dragoman translate}: text in, its translation out, line by line. */
@Command(
    name = "translate",
    description = {
      "Translates text, UTF-8, line by line: every line in gives one line out, in order.",
      ""
    },
    footer = {
      "",
      "What is not text is refused: other encodings, binary and compressed files. The command batch"
          + " reads .gz, .zst, .xz and .bz2.",
      "",
      "A line that cannot be translated is reported with its number; its output is an empty line,"
          + " with --scores or --n-best one with the score -inf.",
      "",
      "--output FILE is written as FILE.partial and renamed at the end. After a failure"
          + " FILE.partial stays, with as many whole lines as the message says.",
      "",
      "Exit codes: 0 all lines were translated, 1 a failure, 2 wrong usage, 3 some lines could"
          + " not be translated."
    })
public final class TranslateCommand implements Callable<Integer> {
  private static final Path STANDARD = Path.of("-");

  /** The bytes of a text of some 150 lines; for a longer one vectors pay from the start. */
  private static final long BYTES_OF_MANY_LINES = 10_000;

  /**
   * The property by which the launcher says that there are few lines, so that Java compiles less.
   */
  public static final String FEW_LINES = "dragoman.few-lines";

  private final CommandContext context;
  private final Console console;

  @Spec private CommandSpec spec;

  @Mixin private ModelOption model;

  @Option(
      names = {"-i", "--input"},
      paramLabel = "FILE",
      arity = "1..*",
      description = "Files to translate, one after the other; - is standard input, the default.")
  private List<Path> inputs = new ArrayList<>();

  @Parameters(paramLabel = "FILE", description = "More of them.")
  private List<Path> files = new ArrayList<>();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      defaultValue = "-",
      description = "Where to; - is standard output, the default.")
  private Path output;

  @Option(
      names = "--scores",
      description =
          "Write score<TAB>translation; the score is the sum of the tokens' log-probabilities"
              + " divided by length^A.")
  private boolean scores;

  @Option(
      names = "--alignment",
      paramLabel = "FORM",
      completionCandidates = AlignmentForms.class,
      description =
          "Write translation ||| alignment, as Marian: hard for pairs source-target of pieces"
              + " counted from 0, soft for each target piece's attention weights. With --tokens the"
              + " pieces are those of the text.")
  private AlignmentFormat alignment;

  @Option(
      names = "--tokens",
      description =
          "The text is cut already: tokens of the model with blanks between them, in the input and"
              + " in the output. A model that has no tokenizer always takes such text.")
  private boolean tokens;

  @Mixin private LanguageOptions languages;

  @Mixin private InvisibleOption invisible;

  @Mixin private DecodingOptions decoding;

  public TranslateCommand(CommandContext context) {
    this.context = context;
    this.console = context.console();
  }

  @Override
  public Integer call() throws IOException {
    TranslationOptions options =
        alignment == null
            ? decoding.checked()
            : decoding.checked().withAttention(AttentionWeights.KEEP);
    Usage.require(
        spec,
        !tokens || !invisible.drops(),
        "--invisible drop changes text, and --tokens takes tokens");
    List<Input> sources = sources();
    for (Input source : sources) {
      source.check();
      Usage.require(
          spec, !source.isSameFile(output), "--output " + output + " is one of the inputs");
    }
    LanguageOptions.Languages chosen = languages.checked();
    TranslationOptions sized = options.withVolume(volume(sources));
    Path directory = model.locate(context);
    Output destination = destination();
    LineReport report = new LineReport(console, context.verbosity());
    try (Translator translator = load(directory, prepared(directory, chosen), sized, destination);
        InputLines lines = new InputLines(sources, console)) {
      Totals totals;
      try (TranslationBar bar = new TranslationBar(console, sources, visibility(sources))) {
        TranslateRun run = new TranslateRun(lines, format(options), destination, report, bar);
        totals =
            Interruption.during(
                () -> run.translate(invisible.before(translator)),
                () -> interrupted(destination),
                console);
      }
      report.end();
      if (context.verbosity() != Verbosity.QUIET) {
        console.message(totals.summary() + ", " + translator.description());
      }
    }
    return report.failures() > 0 ? ExitCode.LINES_FAILED : ExitCode.OK;
  }

  /**
   * Says how much there is to translate; a pipe may hold anything, and often holds one line that
   * somebody waits for.
   */
  private static Volume volume(List<Input> sources) throws IOException {
    if (Boolean.getBoolean(FEW_LINES)) {
      return Volume.FEW_LINES;
    }
    long known = 0;
    for (Input source : sources) {
      known += source.size().orElse(0);
    }
    return known > BYTES_OF_MANY_LINES ? Volume.MANY_LINES : Volume.UNKNOWN;
  }

  private static String interrupted(Output destination) throws IOException {
    destination.flush();
    return destination.abandon();
  }

  private Translator load(
      Path directory,
      LanguageOptions.Languages prepared,
      TranslationOptions options,
      Output destination)
      throws IOException {
    try {
      return context.backend().load(directory, prepared, options);
    } catch (RuntimeException | Error e) {
      destination.abandon();
      throw e;
    }
  }

  /** Prepares a model for the languages and tokens that were chosen. */
  private LanguageOptions.Languages prepared(Path directory, LanguageOptions.Languages chosen) {
    return model -> {
      if (!tokens && model.takesPieces() && context.verbosity() != Verbosity.QUIET) {
        console.message(
            "dragoman: "
                + directory
                + " has no tokenizer: the text is taken as its tokens with blanks between them;"
                + " --tokens says that this is meant");
      }
      return chosen.choose(tokens ? model.ofPieces() : model);
    };
  }

  private List<Input> sources() {
    List<Input> named = Stream.concat(inputs.stream(), files.stream()).map(Input::new).toList();
    return named.isEmpty() ? List.of(new Input(STANDARD)) : named;
  }

  /**
   * Says whether there is a bar: none in a terminal where lines are typed or translations appear.
   */
  private TranslationBar.Visibility visibility(List<Input> sources) {
    Set<Console.Stream> terminals = console.terminals();
    boolean typed =
        terminals.contains(Console.Stream.IN) && sources.stream().anyMatch(Input::isStandard);
    boolean seen = terminals.contains(Console.Stream.OUT) && output.equals(STANDARD);
    boolean shown =
        terminals.contains(Console.Stream.ERR) && context.verbosity() != Verbosity.QUIET;
    return shown && !typed && !seen
        ? TranslationBar.Visibility.SHOWN
        : TranslationBar.Visibility.HIDDEN;
  }

  private LineFormat format(TranslationOptions options) {
    Optional<AlignmentFormat> aligned = Optional.ofNullable(alignment);
    if (options.search().nBest() > 1) {
      return LineFormat.nBest(aligned);
    }
    return scores ? LineFormat.scores(aligned) : LineFormat.plain(aligned);
  }

  private Output destination() throws IOException {
    if (output.equals(STANDARD)) {
      return new StreamOutput("standard output", console.out());
    }
    return Output.to(output);
  }

  /** The forms of an alignment. */
  static final class AlignmentForms extends CompletionWords {
    AlignmentForms() {
      super(AlignmentFormat.values());
    }
  }
}
