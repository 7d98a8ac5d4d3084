package dev.dragoman.cli;

import dev.dragoman.Translation;
import dev.dragoman.TranslationOptions;
import dev.dragoman.Translator;
import dev.dragoman.device.Devices;
import dev.dragoman.device.TimedDevice;
import dev.dragoman.model.Model;
import dev.dragoman.model.Models;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.apache.commons.math3.stat.descriptive.DescriptiveStatistics;

/** Translates the same lines again and again and keeps what was measured. */
final class Benchmark {
  private final Translator translator;
  private final List<TimedDevice> devices;
  private final List<String> lines;

  private Benchmark(Translator translator, List<TimedDevice> devices, List<String> lines) {
    this.translator = translator;
    this.devices = devices;
    this.lines = lines;
  }

  /**
   * One pass over the lines.
   *
   * @param seconds of wall time
   * @param processorSeconds of all threads of the process
   * @param operations seconds by operation, all workers together
   */
  record Run(
      double seconds,
      double processorSeconds,
      long sourceTokens,
      long targetTokens,
      Map<String, Double> operations) {}

  static Result run(
      Path model, List<String> lines, TranslationOptions options, int warmUp, int runs) {
    Model opened = Models.open(model);
    List<TimedDevice> devices =
        Devices.openAll(options.device(), options.precision().type()).stream()
            .map(TimedDevice::new)
            .toList();
    try (Translator translator = Translator.load(opened, List.copyOf(devices), options)) {
      Benchmark benchmark = new Benchmark(translator, devices, lines);
      for (int i = 0; i < warmUp; i++) {
        benchmark.measure();
      }
      List<Run> measured = new ArrayList<>();
      for (int i = 0; i < runs; i++) {
        measured.add(benchmark.measure());
      }
      double tokenizing = benchmark.tokenizingMicroseconds(opened);
      Setting setting =
          new Setting(
              opened.config().name(), translator.description(), options, lines.size(), tokenizing);
      return new Result(setting, measured);
    }
  }

  private Run measure() {
    devices.forEach(TimedDevice::reset);
    double processor = Machine.processorSeconds();
    long start = System.nanoTime();
    List<Translation> translations = translator.translate(lines);
    double seconds = (System.nanoTime() - start) / 1e9;
    Map<String, Double> operations = new LinkedHashMap<>();
    for (TimedDevice device : devices) {
      device
          .times()
          .forEach((name, nanoseconds) -> operations.merge(name, nanoseconds / 1e9, Double::sum));
    }
    return new Run(
        seconds,
        Machine.processorSeconds() - processor,
        translations.stream().mapToLong(Translation::sourceTokens).sum(),
        translations.stream().mapToLong(Translation::targetTokens).sum(),
        operations);
  }

  /** Of one line, on one thread. */
  private double tokenizingMicroseconds(Model model) {
    long start = System.nanoTime();
    for (String line : lines) {
      model.tokenizer().encode(line);
    }
    return (System.nanoTime() - start) / 1e3 / lines.size();
  }

  /** What was measured. */
  record Setting(
      String model,
      String engine,
      TranslationOptions options,
      int lines,
      double tokenizingMicrosecondsPerLine) {}

  /** The numbers, for people and for programs. */
  record Result(Setting setting, List<Run> runs) {

    Map<String, Object> json() {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("program", Version.text());
      json.put("machine", Machine.describe());
      json.put("setting", setting);
      json.put("runs", runs);
      return json;
    }

    String table() {
      StringBuilder out = new StringBuilder();
      out.append(row("program", Version.text()));
      Machine.describe().forEach((name, value) -> out.append(row(name, value)));
      out.append(row("model", setting.model() + ", " + setting.engine()));
      out.append(row("search", "beam " + setting.options().beamSize()));
      out.append(row("text", setting.lines() + " lines, " + runs.size() + " runs"));
      out.append(String.format("%n%-32s%12s%12s%12s%n", "", "median", "least", "most"));
      out.append(statistics("lines/s", run -> setting.lines() / run.seconds()));
      out.append(
          statistics("lines/s of processor time", r -> setting.lines() / r.processorSeconds()));
      out.append(statistics("source tokens/s", run -> run.sourceTokens() / run.seconds()));
      out.append(statistics("target tokens/s", run -> run.targetTokens() / run.seconds()));
      out.append(statistics("seconds", Run::seconds));
      double tokenizing = setting.tokenizingMicrosecondsPerLine();
      out.append(String.format("%-32s%12.1f%n", "tokenizing, us/line", tokenizing));
      out.append(String.format("%nwhere the workers' time goes (median)%n"));
      for (String operation : runs.get(0).operations().keySet()) {
        ToDoubleFunction<Run> share =
            run ->
                100
                    * run.operations().getOrDefault(operation, 0.0)
                    / run.operations().values().stream().mapToDouble(s -> s).sum();
        out.append(String.format("  %-30s%11.1f%%%n", operation, of(share).getPercentile(50)));
      }
      return out.toString();
    }

    private String statistics(String name, ToDoubleFunction<Run> value) {
      DescriptiveStatistics numbers = of(value);
      return String.format(
          "%-32s%12.1f%12.1f%12.1f%n",
          name, numbers.getPercentile(50), numbers.getMin(), numbers.getMax());
    }

    private DescriptiveStatistics of(ToDoubleFunction<Run> value) {
      return new DescriptiveStatistics(runs.stream().mapToDouble(value).toArray());
    }

    private static String row(String name, String value) {
      return String.format("%-10s%s%n", name, value);
    }
  }
}
