// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.bench;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.dragoman.DeviceOptions;
import dev.dragoman.TranslationOptions;
import dev.dragoman.benchmark.Floor;
import dev.dragoman.benchmark.TransformerShape;
import dev.dragoman.cli.bench.Benchmark.Run;
import dev.dragoman.cli.console.Machine;
import dev.dragoman.cli.console.Version;
import dev.dragoman.device.Limits;
import dev.dragoman.pipeline.Activity;
import dev.dragoman.pipeline.EngineOptions;
import dev.dragoman.search.SearchOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.apache.commons.math3.stat.descriptive.DescriptiveStatistics;

/** The numbers of a benchmark: a table to read and JSON for programs. */
record BenchReport(Setting setting, Devices devices, Benchmark.Measured measured) {

  /**
   * What was measured.
   *
   * @param model its name
   * @param shape of it
   * @param engine device, precision, workers, slots and memory
   * @param options by their names; see {@link #named}
   * @param text what was translated
   * @param lines of a run
   * @param textCost empty where no text was tokenized
   */
  record Setting(
      String model,
      TransformerShape shape,
      String engine,
      Map<String, Object> options,
      String text,
      int lines,
      @JsonIgnore Optional<TextCost> textCost) {

    /** Returns every option by a name of its own, however the library groups them. */
    static Map<String, Object> named(TranslationOptions options) {
      DeviceOptions device = options.device();
      EngineOptions engine = options.engine();
      SearchOptions search = options.search();
      Map<String, Object> named = new LinkedHashMap<>();
      named.put("device", device.name());
      named.put("threads", engine.workers());
      named.put("precision", device.precision());
      named.put("slots", engine.slots());
      named.put("beamSize", search.beamSize());
      named.put("lengthPenalty", search.lengthPenalty());
      named.put("patience", search.patience());
      named.put("nBest", search.nBest());
      named.put("minLength", search.minLength());
      named.put("maxLength", search.maxLength());
      named.put("onLong", options.onLong());
      named.put("attention", engine.attention());
      named.put("shortlist", engine.shortlist());
      named.put("volume", device.volume());
      return named;
    }

    @JsonProperty
    Double tokenizingMicrosecondsPerLine() {
      return textCost.map(TextCost::tokenizing).orElse(null);
    }

    @JsonProperty
    Double detokenizingMicrosecondsPerLine() {
      return textCost.map(TextCost::detokenizing).orElse(null);
    }
  }

  /**
   * What it was measured on.
   *
   * @param bytes that are held on the devices
   * @param slots sentences in flight
   * @param facts of the hardware
   * @param limits of one core or card, where they are known
   * @param sideBySide how many of them work at once
   * @param floor of the model in the devices' precision, where that is known
   */
  record Devices(
      long bytes,
      int workers,
      int slots,
      Map<String, String> facts,
      Optional<Limits> limits,
      int sideBySide,
      Optional<Floor> floor) {}

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("program", Version.text());
    json.put("machine", Machine.describe());
    json.put("setting", setting);
    json.put("deviceBytes", devices.bytes);
    json.put("device", devices.facts);
    json.put("runs", measured.runs());
    if (!measured.latencies().isEmpty()) {
      DescriptiveStatistics latency = latency();
      Map<String, Object> of = new LinkedHashMap<>();
      of.put("p50", latency.getPercentile(50));
      of.put("p95", latency.getPercentile(95));
      of.put("p99", latency.getPercentile(99));
      of.put("milliseconds", measured.latencies());
      json.put("latency", of);
    }
    devices.limits.ifPresent(
        limits -> {
          Map<String, Object> of = new LinkedHashMap<>();
          of.put("limits", limits);
          of.put("sideBySide", devices.sideBySide);
          of.put("runs", measured.runs().stream().map(run -> floor(run).orElse(null)).toList());
          json.put("floor", of);
        });
    return json;
  }

  String table() {
    StringBuilder out = new StringBuilder();
    out.append(row("program", Version.text()));
    Machine.describe().forEach((name, value) -> out.append(row(name, value)));
    devices.facts.forEach((name, value) -> out.append(row(name, value)));
    out.append(row("model", setting.shape + "; " + setting.engine));
    out.append(row("search", "beam " + setting.options.get("beamSize")));
    out.append(
        row("text", setting.text + ", " + setting.lines + " lines, " + runs().size() + " runs"));
    out.append(format("%n%-32s%12s%12s%12s%n", "", "median", "least", "most"));
    out.append(statistics("lines/s", run -> setting.lines / run.seconds()));
    out.append(statistics("lines/s of processor time", r -> setting.lines / r.processorSeconds()));
    out.append(statistics("source tokens/s", run -> run.sourceTokens() / run.seconds()));
    out.append(statistics("target tokens/s", run -> run.targetTokens() / run.seconds()));
    out.append(statistics("seconds", Run::seconds));
    out.append(statistics("rows fed in a step", BenchReport::rowsOfAStep));
    if (runs().get(0).activity().decoded().shortlisted() > 0) {
      out.append(statistics("words a row chooses from", BenchReport::wordsOfARow));
    }
    out.append(statistics("milliseconds of a step", BenchReport::millisecondsOfAStep));
    appendText(out);
    appendLatency(out);
    appendFloor(out);
    appendPhases(out);
    appendOperations(out);
    appendProducts(out);
    return out.toString();
  }

  private void appendText(StringBuilder out) {
    setting.textCost.ifPresent(
        cost -> {
          out.append(format("%-32s%12.1f%n", "tokenizing, us/line", cost.tokenizing()));
          out.append(format("%-32s%12.1f%n", "detokenizing, us/line", cost.detokenizing()));
        });
  }

  private void appendLatency(StringBuilder out) {
    if (!measured.latencies().isEmpty()) {
      DescriptiveStatistics latency = latency();
      out.append(
          format(
              "%none line at a time: %d lines, p50 %.1f ms, p95 %.1f ms, p99 %.1f ms%n",
              latency.getN(),
              latency.getPercentile(50),
              latency.getPercentile(95),
              latency.getPercentile(99)));
    }
  }

  private void appendFloor(StringBuilder out) {
    if (devices.limits.isEmpty() || devices.floor.isEmpty()) {
      out.append(format("%nfloor: not known for this device%n"));
      return;
    }
    Limits limits = devices.limits.get();
    out.append(
        format(
            "%nfloor: %.1f %% of the time (median); the hardware could do it in %.3f s, encoding %.3f,"
                + " decoding %.3f%n",
            100 * floor(FloorShare::share),
            floor(FloorShare::encoder) + floor(FloorShare::decoder),
            floor(FloorShare::encoder),
            floor(FloorShare::decoder)));
    out.append(
        format(
            "  limits: %d times %,.0f GFLOP/s, %,.1f GB/s (%s)%n",
            devices.sideBySide,
            limits.operationsPerSecond() / 1e9,
            limits.bytesPerSecond() / 1e9,
            limits.source()));
  }

  private void appendPhases(StringBuilder out) {
    out.append(format("%nwhere the workers' time goes (median)%n"));
    phase(out, "encoding", run -> run.activity().encoding());
    phase(out, "decoding, with the search", run -> run.activity().decoding());
    phase(out, "collecting hypotheses", run -> run.activity().collecting());
    phase(out, "idle, waiting for lines", Run::idle);
  }

  private void phase(StringBuilder out, String name, ToDoubleFunction<Run> seconds) {
    double share =
        median(run -> 100 * seconds.applyAsDouble(run) / (devices.workers * run.seconds()));
    out.append(format("  %-30s%11.1f%%%n", name, share));
  }

  private void appendOperations(StringBuilder out) {
    if (runs().get(0).operations().isEmpty()) {
      return;
    }
    out.append(format("%nwhere the operations' time goes (median)%n"));
    for (String operation : runs().get(0).operations().keySet()) {
      double share =
          median(
              run ->
                  100
                      * run.operations().getOrDefault(operation, 0.0)
                      / run.operations().values().stream().mapToDouble(s -> s).sum());
      out.append(format("  %-30s%11.1f%%%n", operation, share));
    }
  }

  private void appendProducts(StringBuilder out) {
    if (runs().get(0).products().isEmpty()) {
      return;
    }
    out.append(
        format(
            "%nwhat operations that multiply reach on a core, with all that they do besides (median,"
                + " share of the limit)%n"));
    for (String shape : runs().get(0).products().keySet()) {
      double rate = median(run -> run.products().getOrDefault(shape, 0.0));
      String share =
          devices
              .limits
              .map(limits -> format("%11.1f%%", 100 * rate / limits.operationsPerSecond()))
              .orElse("");
      out.append(format("  %-30s%,8.0f GFLOP/s%s%n", shape, rate / 1e9, share));
    }
  }

  private List<Run> runs() {
    return measured.runs();
  }

  private static double rowsOfAStep(Run run) {
    Activity.Decoded decoded = run.activity().decoded();
    return (double) decoded.rows() / Math.max(1, decoded.steps());
  }

  private static double wordsOfARow(Run run) {
    Activity.Decoded decoded = run.activity().decoded();
    return (double) decoded.shortlisted() / Math.max(1, decoded.rows());
  }

  private static double millisecondsOfAStep(Run run) {
    return 1e3 * run.activity().decoding() / Math.max(1, run.activity().decoded().steps());
  }

  private Optional<FloorShare> floor(Run run) {
    return devices.floor.flatMap(
        floor ->
            devices.limits.map(limits -> FloorShare.of(run, floor, limits, devices.sideBySide)));
  }

  private double floor(ToDoubleFunction<FloorShare> value) {
    return median(run -> value.applyAsDouble(floor(run).orElseThrow()));
  }

  private DescriptiveStatistics latency() {
    return new DescriptiveStatistics(
        measured.latencies().stream().mapToDouble(milliseconds -> milliseconds).toArray());
  }

  private double median(ToDoubleFunction<Run> value) {
    return of(value).getPercentile(50);
  }

  private String statistics(String name, ToDoubleFunction<Run> value) {
    DescriptiveStatistics numbers = of(value);
    return format(
        "%-32s%12.1f%12.1f%12.1f%n",
        name, numbers.getPercentile(50), numbers.getMin(), numbers.getMax());
  }

  private DescriptiveStatistics of(ToDoubleFunction<Run> value) {
    return new DescriptiveStatistics(runs().stream().mapToDouble(value).toArray());
  }

  private static String row(String name, String value) {
    return format("%-21s %s%n", name, value);
  }

  private static String format(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
