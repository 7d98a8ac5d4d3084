// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.bench;

import static dev.dragoman.cli.console.PlainText.format;

import dev.dragoman.Translation;
import dev.dragoman.TranslationOptions;
import dev.dragoman.Translator;
import dev.dragoman.benchmark.HostOnlyDevice;
import dev.dragoman.cli.console.CommandFailure;
import dev.dragoman.cli.console.Machine;
import dev.dragoman.cli.console.Version;
import dev.dragoman.doctor.Clock;
import dev.dragoman.model.Model;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.math3.stat.descriptive.DescriptiveStatistics;

/**
 * What the host does for a line, on a device that does nothing: tokenizing, queues, slots, reading
 * the result, detokenizing.
 *
 * @param setting what was measured
 * @param runs measured ones
 */
record HostBenchmark(Setting setting, List<Run> runs) {
  /** The fewest lines of a run, so many that starting and ending do not count. */
  private static final int LEAST_LINES = 20_000;

  /**
   * What was measured.
   *
   * @param lines of a run; the text comes again and again
   * @param tokenizingMicrosecondsPerLine of processor time
   * @param detokenizingMicrosecondsPerLine of processor time
   */
  record Setting(
      String model,
      int lines,
      int beamSize,
      int slots,
      double tokenizingMicrosecondsPerLine,
      double detokenizingMicrosecondsPerLine) {}

  /**
   * One pass.
   *
   * @param seconds of wall time
   * @param processorSeconds of all threads of the process
   */
  record Run(double seconds, double processorSeconds) {}

  /**
   * Measures with one worker.
   *
   * @param text at least one line; it is translated again and again until a run is long enough
   * @param plan of which the latency is passed over
   */
  static HostBenchmark measure(
      Model model, List<String> text, TranslationOptions options, Benchmark.Plan plan) {
    int copies = Math.max(1, (LEAST_LINES + text.size() - 1) / text.size());
    int[] tokens = typical(model, text);
    try (Translator translator = Translator.load(model, new HostOnlyDevice(tokens), options)) {
      TextCost cost = TextCost.of(model.tokenizer(), text);
      for (int i = 0; i < plan.warmUp(); i++) {
        run(translator, text, copies);
      }
      List<Run> runs = new ArrayList<>();
      for (int i = 0; i < plan.runs(); i++) {
        runs.add(run(translator, text, copies));
      }
      return new HostBenchmark(
          new Setting(
              model.config().label().name(),
              copies * text.size(),
              options.search().beamSize(),
              translator.status().slots(),
              cost.tokenizing(),
              cost.detokenizing()),
          runs);
    }
  }

  /**
   * Returns the tokens of the line of middle length, as far as they are words of the target, too.
   */
  private static int[] typical(Model model, List<String> text) {
    List<int[]> sources =
        text.stream()
            .map(model.tokenizer()::encode)
            .sorted(Comparator.comparingInt(source -> source.length))
            .toList();
    return Arrays.stream(sources.get(sources.size() / 2))
        .filter(id -> id != model.config().tokens().end())
        .filter(id -> id < model.config().sizes().targetVocabulary())
        .toArray();
  }

  private static Run run(Translator translator, List<String> text, int copies) {
    double processor = Clock.PROCESSOR.seconds();
    long start = System.nanoTime();
    Stream<String> lines = IntStream.range(0, copies).boxed().flatMap(copy -> text.stream());
    try (Stream<Translation> translations = translator.translate(lines)) {
      translations.forEach(HostBenchmark::require);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Run(seconds, Clock.PROCESSOR.seconds() - processor);
  }

  private static void require(Translation translation) {
    if (translation.failure().isPresent()) {
      throw new CommandFailure("a line failed: " + translation.failure().get());
    }
  }

  /** Returns every number for programs. */
  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("program", Version.text());
    json.put("machine", Machine.describe());
    json.put("setting", setting);
    json.put("runs", runs);
    return json;
  }

  /** Returns the table to read. */
  String table() {
    BenchTable table = new BenchTable(40);
    table.fact(
        "text",
        format(
            "%s, %d lines, %d runs, beam %d, %d slots, a device that does nothing",
            setting.model, setting.lines, runs.size(), setting.beamSize, setting.slots));
    table.head("microseconds of a line");
    table.numbers(
        "processor time, all threads",
        overRuns(run -> 1e6 * run.processorSeconds() / setting.lines));
    table.number("  of it tokenizing", setting.tokenizingMicrosecondsPerLine);
    table.number("  of it detokenizing", setting.detokenizingMicrosecondsPerLine);
    table.numbers("wall time", overRuns(run -> 1e6 * run.seconds() / setting.lines));
    table.numbers("lines/s", overRuns(run -> setting.lines / run.seconds()));
    return table.text();
  }

  private DescriptiveStatistics overRuns(ToDoubleFunction<Run> value) {
    return new DescriptiveStatistics(runs.stream().mapToDouble(value).toArray());
  }
}
