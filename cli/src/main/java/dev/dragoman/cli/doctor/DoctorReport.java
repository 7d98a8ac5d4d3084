// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.doctor;

import dev.dragoman.cli.console.Machine;
import dev.dragoman.cli.console.Version;
import dev.dragoman.device.Inspection;
import dev.dragoman.device.Inspection.Fact;
import dev.dragoman.device.Limits;
import dev.dragoman.doctor.DeviceReport;
import dev.dragoman.doctor.ModelResult;
import dev.dragoman.doctor.OperationResult;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What the doctor found.
 *
 * @param inspections by kind of device
 * @param devices those that were examined
 * @param model which was translated with
 * @param problem why something that was asked for is not there
 */
record DoctorReport(
    Map<String, Inspection> inspections,
    List<DeviceReport> devices,
    String model,
    Optional<String> problem) {

  /** Adds the devices that were examined. */
  DoctorReport with(List<DeviceReport> examined) {
    return new DoctorReport(inspections, examined, model, problem);
  }

  /** Reports what is known while other devices are still to be examined. */
  DoctorReport unfinished(List<DeviceReport> examined) {
    Optional<String> why = problem.or(() -> Optional.of("the doctor has not come to the end"));
    return new DoctorReport(inspections, examined, model, why);
  }

  /** Returns why not all is well, in one line. */
  Optional<String> failure() {
    return problem.or(
        () ->
            devices.stream().allMatch(DeviceReport::agrees)
                ? Optional.empty()
                : Optional.of("something does not agree; the report says what"));
  }

  /** Returns the whole report for programs. */
  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("program", Version.text());
    json.put("agrees", failure().isEmpty());
    failure().ifPresent(text -> json.put("failure", text));
    json.put("machine", Machine.report());
    Map<String, Object> kinds = new LinkedHashMap<>();
    inspections.forEach(
        (kind, inspection) -> {
          Map<String, Object> found = facts(inspection.facts());
          inspection.problem().ifPresent(text -> found.put("problem", text));
          kinds.put(kind, found);
        });
    json.put("kinds", kinds);
    json.put("model", model);
    json.put("devices", devices.stream().map(DoctorReport::json).toList());
    return json;
  }

  private static Map<String, Object> json(DeviceReport report) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", report.device().name());
    json.put("emulated", report.device().isEmulated());
    json.put("facts", facts(report.facts()));
    json.put("runs", report.runs().stream().map(DoctorReport::json).toList());
    PrecisionTable.of(report).ifPresent(table -> json.put("precisions", table.json()));
    return json;
  }

  private static Map<String, Object> json(DeviceReport.Run run) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("precision", run.precision().name().toLowerCase(Locale.ROOT));
    json.put("name", run.name());
    json.put("agrees", run.agrees());
    run.failure().ifPresent(text -> json.put("failure", text));
    run.limits().ifPresent(limits -> json.put("limits", limits));
    json.put("facts", facts(run.facts()));
    json.put(
        "operations",
        run.operations().stream().map(operation -> json(operation, run.limits())).toList());
    run.model().ifPresent(model -> json.put("model", json(model)));
    return json;
  }

  private static Map<String, Object> json(OperationResult result, Optional<Limits> limits) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("operation", result.operation());
    json.put("agrees", result.deviation().agrees());
    if (Double.isFinite(result.deviation().share())) {
      json.put("shareOfTolerance", result.deviation().share());
    }
    json.put("worst", result.deviation().where());
    json.put("shape", result.shape());
    json.put("leastOperations", result.work().operations());
    json.put("leastBytes", result.work().bytes());
    if (Double.isFinite(result.seconds())) {
      json.put("seconds", result.seconds());
      limits.ifPresent(
          known -> {
            json.put("limit", result.work().bound(known).name().toLowerCase(Locale.ROOT));
            json.put("shareOfLimit", result.work().floor(known) / result.seconds());
          });
    }
    return json;
  }

  private static Map<String, Object> json(ModelResult model) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("agrees", model.agrees());
    json.put("compared", model.compared());
    json.put("allowedToDiffer", model.allowed());
    json.put("differences", model.differences());
    return json;
  }

  private static Map<String, Object> facts(List<Fact> facts) {
    Map<String, Object> json = new LinkedHashMap<>();
    facts.forEach(fact -> json.put(fact.name(), fact.value()));
    return json;
  }
}
