// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.doctor;

import dev.dragoman.device.DataType;
import dev.dragoman.device.FoundDevice;
import dev.dragoman.device.Inspection.Fact;
import dev.dragoman.device.Limits;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a device is and how it does.
 *
 * @param device what was examined
 * @param facts what it is
 * @param runs one for each precision that was examined
 * @param comparison of the precisions that have not failed; empty if there is no text to translate,
 *     if they are fewer than two, or if the device is emulated
 */
public record DeviceReport(
    FoundDevice device,
    List<Fact> facts,
    List<Run> runs,
    Optional<PrecisionComparison> comparison) {

  /**
   * A device with products in one precision.
   *
   * @param name what it calls itself
   * @param limits of the hardware, where they are known
   * @param facts how it computes, as the device says
   * @param operations each compared and timed; none if it could not be opened
   * @param model none if no model with golden outputs was given
   * @param failure why it could not be examined to the end
   */
  public record Run(
      DataType precision,
      String name,
      Optional<Limits> limits,
      List<Fact> facts,
      List<OperationResult> operations,
      Optional<ModelResult> model,
      Optional<String> failure) {

    /** Returns whether everything that was compared is as it should be. */
    public boolean agrees() {
      return failure.isEmpty()
          && operations.stream().allMatch(operation -> operation.deviation().agrees())
          && model.map(ModelResult::agrees).orElse(true);
    }
  }

  /** Returns whether everything compared is as it should be and no precision has failed. */
  public boolean agrees() {
    return runs.stream().allMatch(Run::agrees)
        && comparison.map(PrecisionComparison::failures).map(Map::isEmpty).orElse(true);
  }
}
