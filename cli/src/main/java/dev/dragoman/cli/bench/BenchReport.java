// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.bench;

import static dev.dragoman.cli.console.PlainText.format;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.NullNode;
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
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.apache.commons.math3.stat.descriptive.DescriptiveStatistics;

/** The numbers of a benchmark: a table to read and JSON for programs. */
record BenchReport(Setting setting, Hardware hardware, Benchmark.Measured measured) {

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
    JsonNode tokenizingMicrosecondsPerLine() {
      return known(TextCost::tokenizing);
    }

    @JsonProperty
    JsonNode detokenizingMicrosecondsPerLine() {
      return known(TextCost::detokenizing);
    }

    private JsonNode known(ToDoubleFunction<TextCost> part) {
      return textCost
          .<JsonNode>map(cost -> DoubleNode.valueOf(part.applyAsDouble(cost)))
          .orElse(NullNode.getInstance());
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
  record Hardware(
      long bytes,
      int workers,
      int slots,
      Map<String, String> facts,
      Optional<Limits> limits,
      int sideBySide,
      Optional<Floor> floor) {}

  /** Returns every number for programs. */
  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("program", Version.text());
    json.put("machine", Machine.describe());
    json.put("setting", setting);
    json.put("deviceBytes", hardware.bytes);
    json.put("device", hardware.facts);
    json.put("runs", measured.runs());
    if (!measured.latencies().isEmpty()) {
      DescriptiveStatistics latency = latency();
      Map<String, Object> percentiles = new LinkedHashMap<>();
      percentiles.put("p50", latency.getPercentile(50));
      percentiles.put("p95", latency.getPercentile(95));
      percentiles.put("p99", latency.getPercentile(99));
      percentiles.put("milliseconds", measured.latencies());
      json.put("latency", percentiles);
    }
    hardware.limits.ifPresent(
        limits -> {
          Map<String, Object> floor = new LinkedHashMap<>();
          floor.put("limits", limits);
          floor.put("sideBySide", hardware.sideBySide);
          floor.put("runs", runs().stream().flatMap(run -> floor(run).stream()).toList());
          json.put("floor", floor);
        });
    return json;
  }

  /** Returns the table to read. */
  String table() {
    BenchTable table = new BenchTable(32);
    hardware.facts.forEach(table::fact);
    table.fact("model", setting.shape + "; " + setting.engine);
    table.fact("search", "beam " + setting.options.get("beamSize"));
    table.fact("text", setting.text + ", " + setting.lines + " lines, " + runs().size() + " runs");
    table.head("");
    table.numbers("lines/s", overRuns(run -> setting.lines / run.seconds()));
    table.numbers(
        "lines/s of processor time", overRuns(run -> setting.lines / run.processorSeconds()));
    table.numbers("source tokens/s", overRuns(run -> run.sourceTokens() / run.seconds()));
    table.numbers("target tokens/s", overRuns(run -> run.targetTokens() / run.seconds()));
    table.numbers("seconds", overRuns(Run::seconds));
    table.numbers("rows fed in a step", overRuns(BenchReport::rowsOfAStep));
    if (runs().get(0).activity().decoded().shortlisted() > 0) {
      table.numbers("words a row chooses from", overRuns(BenchReport::wordsOfARow));
    }
    table.numbers("milliseconds of a step", overRuns(BenchReport::millisecondsOfAStep));
    addText(table);
    addLatency(table);
    addFloor(table);
    addPhases(table);
    addOperations(table);
    addProducts(table);
    return table.text();
  }

  private void addText(BenchTable table) {
    setting.textCost.ifPresent(
        cost -> {
          table.number("tokenizing, us/line", cost.tokenizing());
          table.number("detokenizing, us/line", cost.detokenizing());
        });
  }

  private void addLatency(BenchTable table) {
    if (!measured.latencies().isEmpty()) {
      DescriptiveStatistics latency = latency();
      table.line(
          "%none line at a time: %d lines, p50 %.1f ms, p95 %.1f ms, p99 %.1f ms",
          latency.getN(),
          latency.getPercentile(50),
          latency.getPercentile(95),
          latency.getPercentile(99));
    }
  }

  private void addFloor(BenchTable table) {
    if (hardware.limits.isEmpty() || hardware.floor.isEmpty()) {
      table.line("%nfloor: not known for this device");
      return;
    }
    Limits limits = hardware.limits.get();
    table.line(
        "%nfloor: %.1f %% of the time (median); the hardware could do it in %.3f s, encoding %.3f,"
            + " decoding %.3f",
        100 * floor(FloorShare::share),
        floor(FloorShare::encoder) + floor(FloorShare::decoder),
        floor(FloorShare::encoder),
        floor(FloorShare::decoder));
    table.line(
        "  limits: %d times %,.0f GFLOP/s, %,.1f GB/s (%s)",
        hardware.sideBySide,
        limits.operationsPerSecond() / 1e9,
        limits.bytesPerSecond() / 1e9,
        limits.source());
  }

  private void addPhases(BenchTable table) {
    table.line("%nwhere the workers' time goes (median)");
    phase(table, "encoding", run -> run.activity().encoding());
    phase(table, "decoding, with the search", run -> run.activity().decoding());
    phase(table, "collecting hypotheses", run -> run.activity().collecting());
    phase(table, "idle, waiting for lines", Run::idle);
  }

  private void phase(BenchTable table, String name, ToDoubleFunction<Run> seconds) {
    double share =
        median(run -> 100 * seconds.applyAsDouble(run) / (hardware.workers * run.seconds()));
    table.line("  %-30s%11.1f%%", name, share);
  }

  private void addOperations(BenchTable table) {
    if (runs().get(0).operations().isEmpty()) {
      return;
    }
    table.line("%nwhere the operations' time goes (median)");
    for (String operation : runs().get(0).operations().keySet()) {
      double share =
          median(
              run ->
                  100
                      * run.operations().getOrDefault(operation, 0.0)
                      / run.operations().values().stream().mapToDouble(s -> s).sum());
      table.line("  %-30s%11.1f%%", operation, share);
    }
  }

  private void addProducts(BenchTable table) {
    if (runs().get(0).products().isEmpty()) {
      return;
    }
    table.line(
        "%nwhat operations that multiply reach on a core, with all that they do besides (median,"
            + " share of the limit)");
    for (String shape : runs().get(0).products().keySet()) {
      double rate = median(run -> run.products().getOrDefault(shape, 0.0));
      String share =
          hardware
              .limits
              .map(limits -> format("%11.1f%%", 100 * rate / limits.operationsPerSecond()))
              .orElse("");
      table.line("  %-30s%,8.0f GFLOP/s%s", shape, rate / 1e9, share);
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
    return hardware.floor.flatMap(
        floor ->
            hardware.limits.map(limits -> FloorShare.of(run, floor, limits, hardware.sideBySide)));
  }

  private double floor(ToDoubleFunction<FloorShare> value) {
    return median(run -> value.applyAsDouble(floor(run).orElseThrow()));
  }

  private DescriptiveStatistics latency() {
    return new DescriptiveStatistics(
        measured.latencies().stream().mapToDouble(milliseconds -> milliseconds).toArray());
  }

  private double median(ToDoubleFunction<Run> value) {
    return overRuns(value).getPercentile(50);
  }

  private DescriptiveStatistics overRuns(ToDoubleFunction<Run> value) {
    return new DescriptiveStatistics(runs().stream().mapToDouble(value).toArray());
  }
}
