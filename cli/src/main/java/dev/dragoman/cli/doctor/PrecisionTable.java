// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.doctor;

import static dev.dragoman.cli.console.PlainText.format;

import dev.dragoman.device.DataType;
import dev.dragoman.doctor.Clock;
import dev.dragoman.doctor.DeviceReport;
import dev.dragoman.doctor.PrecisionComparison;
import dev.dragoman.doctor.PrecisionResult;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a doctor says of the precisions of a device.
 *
 * @param comparison of them
 * @param automatic the one that {@code --precision auto} takes
 */
record PrecisionTable(PrecisionComparison comparison, DataType automatic) {
  private static final String ROW = "  %-12s %14s %16s  %s%n";

  /** Returns the table of a device, or nothing if its precisions were not compared. */
  static Optional<PrecisionTable> of(DeviceReport report) {
    DataType automatic = report.device().precisions().get(0);
    return report.comparison().map(compared -> new PrecisionTable(compared, automatic));
  }

  /** Formats the table for the terminal. */
  String text() {
    StringBuilder out = new StringBuilder();
    out.append(
        format(
            "%nprecisions: %s, %,d lines, one worker, lines/s of %s%n",
            comparison.testSet().name(), comparison.testSet().texts().size(), time()));
    out.append(format(ROW, "precision", "lines/s", "times float32", bleu()));
    for (PrecisionResult result : comparison.results()) {
      out.append(
          format(
              ROW,
              result.precision().label(),
              format("%,.1f", result.linesPerSecond()),
              known("%.2f", comparison.speedup(result)),
              quality(result)));
    }
    comparison
        .failures()
        .forEach(
            (precision, why) -> out.append(format("  %-12s FAILED: %s%n", precision.label(), why)));
    conclusion().ifPresent(line -> out.append(format("  %s%n", line)));
    return out.toString();
  }

  /** Lists the numbers for JSON. */
  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("text", comparison.testSet().name());
    json.put("lines", comparison.testSet().texts().size());
    json.put("clock", comparison.clock().name().toLowerCase(Locale.ROOT));
    json.put("bleuBeside", isAgreement() ? "float32" : "references");
    json.put("results", comparison.results().stream().map(this::json).toList());
    Map<String, String> failures = new LinkedHashMap<>();
    comparison.failures().forEach((precision, why) -> failures.put(name(precision), why));
    json.put("failures", failures);
    comparison.fastest().ifPresent(result -> json.put("fastest", name(result.precision())));
    conclusion().ifPresent(line -> json.put("conclusion", line));
    return json;
  }

  private Map<String, Object> json(PrecisionResult result) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("precision", name(result.precision()));
    json.put("linesPerSecond", result.linesPerSecond());
    double speedup = comparison.speedup(result);
    if (Double.isFinite(speedup)) {
      json.put("timesFloat32", speedup);
    }
    if (Double.isFinite(result.bleu())) {
      json.put("bleu", result.bleu());
    }
    return json;
  }

  /** Returns which precision to take, in one line; empty if none worked. */
  Optional<String> conclusion() {
    return comparison.fastest().map(this::conclusion);
  }

  private String conclusion(PrecisionResult fastest) {
    String name = fastest.precision().label();
    String begin = "fastest here: " + name;
    if (fastest.precision() == automatic) {
      return begin + ", which auto takes";
    }
    String worth =
        Double.isFinite(comparison.speedup(fastest))
            ? format(", %.1f times float32, %s", comparison.speedup(fastest), cost(fastest))
            : "";
    return format(
        "%s%s; --precision %s takes it, auto stays %s", begin, worth, name, automatic.label());
  }

  private String cost(PrecisionResult result) {
    if (isAgreement()) {
      return format("at %.2f BLEU beside float32's own translations", result.bleu());
    }
    double gain = gain(result);
    return gain == 0
        ? "at the same BLEU"
        : format("at %.2f BLEU %s", Math.abs(gain), gain > 0 ? "more" : "less");
  }

  private String quality(PrecisionResult result) {
    String bleu = known("%.2f", result.bleu());
    return isAgreement() || result.precision() == DataType.F32
        ? bleu
        : bleu + " (" + known("%+.2f", gain(result)) + ")";
  }

  /** Rounds to the hundredths that are shown, so that less than one is none; NaN stays NaN. */
  private double gain(PrecisionResult result) {
    return Math.rint(100 * comparison.gain(result)) / 100 + 0.0; // -0.0 becomes 0
  }

  private boolean isAgreement() {
    return comparison.testSet().references().isEmpty();
  }

  private String bleu() {
    return isAgreement() ? "BLEU beside float32's own translations" : "BLEU beside the references";
  }

  private String time() {
    return comparison.clock() == Clock.PROCESSOR ? "processor time" : "wall time";
  }

  /** Names a precision as the other parts of the report do. */
  private static String name(DataType precision) {
    return precision.name().toLowerCase(Locale.ROOT);
  }

  private static String known(String format, double number) {
    return Double.isFinite(number) ? format(format, number) : "-";
  }
}
