// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.doctor;

import dev.dragoman.device.DataType;
import dev.dragoman.device.FoundDevice;
import dev.dragoman.model.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Examines devices: what {@code dragoman doctor} shows. */
public final class Doctor {
  private final Optional<Patient> patient;
  private final Effort effort;
  private final Observers observers;

  /**
   * A model.
   *
   * @param golden what another program made of it
   * @param testSet what the precisions are compared with; empty if they are not
   */
  public record Patient(Model model, List<GoldenRecord> golden, Optional<TestSet> testSet) {}

  /**
   * Makes a doctor.
   *
   * @param effort for devices that are not emulated
   * @param observers told what is found, in this order
   */
  public Doctor(Optional<Patient> patient, Effort effort, List<DoctorObserver> observers) {
    this.patient = patient;
    this.effort = effort;
    this.observers = new Observers(List.copyOf(observers));
  }

  /** Makes a thorough doctor. */
  public Doctor(Optional<Patient> patient, DoctorObserver observer) {
    this(patient, Effort.FULL, List.of(observer));
  }

  /** Examines a device in all of its precisions. */
  public DeviceReport examine(FoundDevice found) {
    return examine(found, found.precisions());
  }

  /** Examines a device in some of its precisions. */
  public DeviceReport examine(FoundDevice found, List<DataType> precisions) {
    observers.tell(observer -> observer.deviceBegins(found));
    List<DeviceReport.Run> runs = new ArrayList<>();
    for (DataType precision : precisions) {
      DeviceReport.Run run = new RunExamination(found, precision, effort, observers).run(patient);
      runs.add(run);
      DeviceReport soFar = report(found, runs, Optional.empty());
      observers.tell(observer -> observer.runEnded(run, soFar));
    }
    DeviceReport report = report(found, runs, compare(found, runs));
    observers.tell(observer -> observer.deviceEnded(report));
    return report;
  }

  private static DeviceReport report(
      FoundDevice found, List<DeviceReport.Run> runs, Optional<PrecisionComparison> comparison) {
    return new DeviceReport(found, found.facts(), List.copyOf(runs), comparison);
  }

  /**
   * Compares the precisions last, when Java's compiler has seen everything, so that none pays for
   * another.
   */
  private Optional<PrecisionComparison> compare(FoundDevice found, List<DeviceReport.Run> runs) {
    Optional<TestSet> testSet = patient.flatMap(Patient::testSet);
    List<DataType> working =
        runs.stream()
            .filter(run -> run.failure().isEmpty())
            .map(DeviceReport.Run::precision)
            .toList();
    if (testSet.isEmpty() || working.size() < 2 || found.isEmulated()) {
      return Optional.empty();
    }
    String what = found.name() + ": " + testSet.get().name() + " in each precision";
    observers.tell(observer -> observer.begins(what));
    PrecisionCheck check =
        new PrecisionCheck(
            found, patient.get().model(), effort.translating(), effort.translationSeconds());
    return Optional.of(check.run(testSet.get(), working));
  }
}
