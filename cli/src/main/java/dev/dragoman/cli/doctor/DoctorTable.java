// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.doctor;

import static dev.dragoman.cli.console.PlainText.format;

import dev.dragoman.cli.console.Machine;
import dev.dragoman.cli.console.Version;
import dev.dragoman.device.FoundDevice;
import dev.dragoman.device.Inspection;
import dev.dragoman.device.Inspection.Fact;
import dev.dragoman.device.Limits;
import dev.dragoman.doctor.DeviceReport;
import dev.dragoman.doctor.DoctorObserver;
import dev.dragoman.doctor.ModelResult;
import dev.dragoman.doctor.OperationResult;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Prints the doctor's report as a table, each line as soon as it is known. */
final class DoctorTable implements DoctorObserver {
  private static final String ROW = "  %-28s %-46s %-8s %12s %8s  %s%n";

  private final PrintWriter out;

  /**
   * Prints to a writer.
   *
   * @param out passes on what is printed with a format at once
   */
  DoctorTable(PrintWriter out) {
    this.out = out;
  }

  /**
   * Prints what is known before anything is looked for.
   *
   * @param model which is translated with
   */
  void machine(String model) {
    fact("program", Version.text());
    Machine.report().forEach(this::fact);
    fact("model", model);
  }

  /** Prints what there is, by kind of device. */
  void inspections(Map<String, Inspection> found) {
    found.forEach(this::inspection);
  }

  private void inspection(String kind, Inspection inspection) {
    print("%nlooking for %s%n", kind);
    factsFound(inspection.facts());
    inspection.problem().ifPresent(problem -> fact("  not there", problem));
    if (inspection.problem().isEmpty()) {
      List<String> names = inspection.devices().stream().map(FoundDevice::name).toList();
      fact("  there", String.join(", ", names));
    }
  }

  /** Prints how it all came out. */
  void verdict(DoctorReport report) {
    print("%n%s%n", report.failure().map(f -> "NOT WELL: " + f).orElse("all is well"));
  }

  @Override
  public void begins(String what) {}

  @Override
  public void deviceBegins(FoundDevice device) {
    print("%ndevice %s%n", device.name());
    factsFound(device.facts());
  }

  @Override
  public void runBegins(FoundDevice device, DeviceReport.Run run) {
    print("%n%s%n", run.name());
    if (device.isEmulated()) {
      fact("  limits", "none: the device is emulated, and times say nothing");
    } else {
      fact("  limits", run.limits().map(DoctorTable::limits).orElse("not known for this device"));
    }
    factsFound(run.facts());
  }

  @Override
  public void operationDone(DeviceReport.Run run, OperationResult result) {
    if (run.operations().isEmpty()) {
      print(ROW, "operation", "timed on", "float64", "time, us", "share", "of");
    }
    boolean timed = Double.isFinite(result.seconds());
    Optional<Limits> known = run.limits().filter(unused -> timed);
    print(
        ROW,
        result.operation(),
        result.shape(),
        result.deviation().agrees() ? "agrees" : "WRONG",
        timed ? format("%,.1f", result.seconds() * 1e6) : "-",
        known
            .map(l -> format("%.0f %%", 100 * result.work().floor(l) / result.seconds()))
            .orElse("-"),
        known.map(l -> result.work().bound(l).name().toLowerCase(Locale.ROOT)).orElse("-"));
    if (!result.deviation().agrees()) {
      print("    %s%n", result.deviation().where());
    }
  }

  @Override
  public void factsFound(List<Fact> facts) {
    facts.forEach(fact -> fact("  " + fact.name(), fact.value()));
  }

  @Override
  public void goldenDone(ModelResult model) {
    fact(
        "  golden",
        format(
            "%s: %d of %d outputs differ, %d may",
            model.agrees() ? "agrees" : "WRONG",
            model.differences().size(),
            model.compared(),
            model.allowed()));
    model.differences().forEach(difference -> print("    %s%n", difference));
  }

  @Override
  public void runEnded(DeviceReport.Run run, DeviceReport soFar) {
    run.failure().ifPresent(failure -> fact("  FAILED", failure));
  }

  @Override
  public void deviceEnded(DeviceReport report) {
    PrecisionTable.of(report).ifPresent(table -> print("%s", table.text()));
  }

  private static String limits(Limits limits) {
    return format(
        "%,.0f GFLOP/s, %,.1f GB/s (%s)",
        limits.operationsPerSecond() / 1e9, limits.bytesPerSecond() / 1e9, limits.source());
  }

  private void fact(String name, String value) {
    print("%-22s %s%n", name, value);
  }

  private void print(String format, Object... arguments) {
    out.printf(Locale.ROOT, format, arguments);
  }
}
