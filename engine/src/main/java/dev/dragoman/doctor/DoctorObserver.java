// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.doctor;

import dev.dragoman.device.FoundDevice;
import dev.dragoman.device.Inspection.Fact;
import java.util.List;

/**
 * Is told what a {@link Doctor} finds, each thing as soon as it is known: what comes next may take
 * long, or end the process.
 */
@FunctionalInterface
public interface DoctorObserver {

  /** Tells that something begins that takes its time. */
  void begins(String what);

  /** Tells that a device is examined. */
  default void deviceBegins(FoundDevice device) {}

  /**
   * Tells that a device has been opened in one precision.
   *
   * @param run its name, limits and facts; it has no results yet
   */
  default void runBegins(FoundDevice device, DeviceReport.Run run) {}

  /**
   * Tells that an operation was compared and timed.
   *
   * @param run before it
   */
  default void operationDone(DeviceReport.Run run, OperationResult result) {}

  /** Tells facts of the run that it did not have before, or had otherwise. */
  default void factsFound(List<Fact> facts) {}

  /** Tells that the golden outputs were compared. */
  default void goldenDone(ModelResult result) {}

  /**
   * Tells that a run is over.
   *
   * @param run with all of its results, or why there are not all
   * @param soFar the device with its runs so far
   */
  default void runEnded(DeviceReport.Run run, DeviceReport soFar) {}

  /** Tells that a device was examined in its precisions, and that these have been compared. */
  default void deviceEnded(DeviceReport report) {}
}
