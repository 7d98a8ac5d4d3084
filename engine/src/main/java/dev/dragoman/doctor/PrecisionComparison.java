// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.doctor;

import dev.dragoman.device.DataType;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How fast the precisions of a device translate a test set, and how well.
 *
 * @param clock that of the lines per second
 * @param results in the order in which the device prefers them
 * @param failures why other precisions have no result
 */
public record PrecisionComparison(
    TestSet testSet, Clock clock, List<PrecisionResult> results, Map<DataType, String> failures) {

  /** Returns the result with the most lines per second; empty if all have failed. */
  public Optional<PrecisionResult> fastest() {
    return results.stream().max(Comparator.comparingDouble(PrecisionResult::linesPerSecond));
  }

  /** Returns how many times float32's lines per second it has; NaN if float32 has no result. */
  public double speedup(PrecisionResult result) {
    return result.linesPerSecond()
        / exact().map(PrecisionResult::linesPerSecond).orElse(Double.NaN);
  }

  /** Returns by how much its BLEU is above float32's; NaN if float32 has no result. */
  public double gain(PrecisionResult result) {
    return result.bleu() - exact().map(PrecisionResult::bleu).orElse(Double.NaN);
  }

  private Optional<PrecisionResult> exact() {
    return results.stream().filter(result -> result.precision() == DataType.F32).findFirst();
  }
}
