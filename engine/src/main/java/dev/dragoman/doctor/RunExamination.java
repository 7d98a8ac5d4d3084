// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.doctor;

import dev.dragoman.device.DataType;
import dev.dragoman.device.DeviceCapacity;
import dev.dragoman.device.FoundDevice;
import dev.dragoman.device.Inspection.Fact;
import dev.dragoman.device.Limits;
import dev.dragoman.operations.Catalogue;
import dev.dragoman.operations.Types;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Examines a device in one precision. */
final class RunExamination {
  private static final Logger log = LoggerFactory.getLogger(RunExamination.class);

  private final FoundDevice found;
  private final DataType precision;
  private final Effort effort;
  private final Observers observers;
  private final Map<String, String> facts = new LinkedHashMap<>();
  private final List<OperationResult> operations = new ArrayList<>();
  private String name;
  private Optional<Limits> limits = Optional.empty();
  private Optional<ModelResult> golden = Optional.empty();
  private Optional<String> failure = Optional.empty();

  RunExamination(FoundDevice found, DataType precision, Effort effort, Observers observers) {
    this.found = found;
    this.precision = precision;
    this.effort = effort.on(found);
    this.observers = observers;
    this.name = found.name();
  }

  /**
   * Examines one run; a failure gives a result that says so, and other precisions are still tried.
   */
  DeviceReport.Run run(Optional<Doctor.Patient> patient) {
    try (SharedDevice shared = new SharedDevice(() -> found.open(precision))) {
      orFailure(() -> open(shared));
      observers.tell(observer -> observer.runBegins(found, soFar()));
      if (failure.isEmpty()) {
        check(shared, patient);
      }
    }
    return soFar();
  }

  /**
   * Operations first, which tell more of a failure than translations. Where the host itself
   * computes, translations first: Java's compiler then knows what is usual when times are taken.
   */
  private void check(SharedDevice shared, Optional<Doctor.Patient> patient) {
    boolean hostComputes = Clock.of(shared.device()) == Clock.PROCESSOR;
    if (!hostComputes) {
      checkOperations(shared);
    }
    patient.ifPresent(there -> checkGolden(shared, there));
    if (hostComputes) {
      checkOperations(shared);
    }
  }

  private void orFailure(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      log.debug("{} fails", name, e);
      failure = Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private void open(SharedDevice shared) {
    name = shared.device().name();
    learn(shared);
    limits = found.limits(precision);
  }

  private void checkOperations(SharedDevice shared) {
    observers.tell(observer -> observer.begins(name + ": operations"));
    DeviceCapacity capacity = shared.device().capacity();
    OperationCheck check =
        new OperationCheck(
            shared,
            new Types(precision, capacity.activations()),
            effort.timed(capacity.rows()),
            effort.stopwatch());
    check.run(
        Catalogue.operations(),
        result -> {
          observers.tell(observer -> observer.operationDone(soFar(), result));
          operations.add(result);
        });
    tellNews(shared);
  }

  private void checkGolden(SharedDevice shared, Doctor.Patient patient) {
    if (patient.golden().isEmpty()) {
      return;
    }
    observers.tell(observer -> observer.begins(name + ": translations"));
    ModelCheck check =
        new ModelCheck(() -> shared.device().fork(), precision, () -> tellNews(shared));
    orFailure(
        () -> golden = Optional.of(check.run(patient.model(), effort.some(patient.golden()))));
    golden.ifPresent(result -> observers.tell(observer -> observer.goldenDone(result)));
  }

  private void tellNews(SharedDevice shared) {
    List<Fact> news = learn(shared);
    if (!news.isEmpty()) {
      observers.tell(observer -> observer.factsFound(news));
    }
  }

  /** Takes the facts of the device; gives those back that are new or other ones. */
  private List<Fact> learn(SharedDevice shared) {
    return shared.facts().stream()
        .filter(fact -> !fact.value().equals(facts.put(fact.name(), fact.value())))
        .toList();
  }

  private DeviceReport.Run soFar() {
    List<Fact> known =
        facts.entrySet().stream().map(fact -> new Fact(fact.getKey(), fact.getValue())).toList();
    return new DeviceReport.Run(
        precision, name, limits, known, List.copyOf(operations), golden, failure);
  }
}
