package dev.dragoman.cli;

import dev.dragoman.device.Inspection;
import dev.dragoman.device.Inspection.Fact;
import dev.dragoman.device.Limits;
import dev.dragoman.doctor.DeviceReport;
import dev.dragoman.doctor.ModelResult;
import dev.dragoman.doctor.OperationResult;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A doctor's report for people. */
final class DoctorTable {
  private static final String ROW = "  %-28s %-46s %-8s %12s %8s  %s%n";

  private final DoctorReport report;
  private final StringBuilder out = new StringBuilder();

  DoctorTable(DoctorReport report) {
    this.report = report;
  }

  String text() {
    fact("program", Version.text());
    Machine.report().forEach(this::fact);
    fact("model", report.model());
    report.inspections().forEach(this::inspection);
    report.devices().forEach(this::device);
    print("%n%s%n", report.failure().map(f -> "NOT WELL: " + f).orElse("all is well"));
    return out.toString();
  }

  private void inspection(String kind, Inspection inspection) {
    print("%nlooking for %s%n", kind);
    facts(inspection.facts());
    inspection.problem().ifPresent(problem -> fact("  not there", problem));
    if (inspection.problem().isEmpty()) {
      List<String> names = inspection.devices().stream().map(device -> device.name()).toList();
      fact("  there", String.join(", ", names));
    }
  }

  private void device(DeviceReport device) {
    print("%ndevice %s%n", device.device().name());
    facts(device.facts());
    device.runs().forEach(run -> run(device, run));
    PrecisionTable.of(device).ifPresent(table -> out.append(table.text()));
  }

  private void run(DeviceReport device, DeviceReport.Run run) {
    print("%n%s%n", run.name());
    run.failure().ifPresent(failure -> fact("  FAILED", failure));
    if (device.device().isEmulated()) {
      fact("  limits", "none: the device is emulated, and times say nothing");
    } else {
      fact("  limits", run.limits().map(DoctorTable::limits).orElse("not known for this device"));
    }
    if (!run.operations().isEmpty()) {
      print(ROW, "operation", "timed on", "float64", "time, us", "share", "of");
    }
    run.operations().forEach(operation -> operation(operation, run.limits()));
    run.model().ifPresent(this::model);
  }

  private void operation(OperationResult result, Optional<Limits> limits) {
    boolean timed = Double.isFinite(result.seconds());
    Optional<Limits> known = limits.filter(unused -> timed);
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

  private void model(ModelResult model) {
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

  private static String limits(Limits limits) {
    return format(
        "%,.0f GFLOP/s, %,.1f GB/s (%s)",
        limits.operationsPerSecond() / 1e9, limits.bytesPerSecond() / 1e9, limits.source());
  }

  private void facts(List<Fact> facts) {
    facts.forEach(fact -> fact("  " + fact.name(), fact.value()));
  }

  private void fact(String name, String value) {
    print("%-22s %s%n", name, value);
  }

  private void print(String format, Object... arguments) {
    out.append(format(format, arguments));
  }

  private static String format(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
