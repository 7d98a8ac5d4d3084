// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.doctor;

import dev.dragoman.Precision;
import dev.dragoman.cli.console.CommandFailure;
import dev.dragoman.device.DataType;
import dev.dragoman.device.FoundDevice;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The precisions that the doctor is to examine.
 *
 * @param asked empty for all that a device has
 */
record PrecisionChoice(List<Precision> asked) {

  /**
   * Returns the wanted precisions of this device, in its order; none if it has none that was asked
   * for.
   */
  List<DataType> of(FoundDevice device) {
    return device.precisions().stream()
        .filter(type -> asked.isEmpty() || asked.stream().anyMatch(p -> is(p, type, device)))
        .toList();
  }

  private static boolean is(Precision precision, DataType type, FoundDevice device) {
    return type == precision.type().orElse(device.precisions().get(0));
  }

  /**
   * Checks that each is there.
   *
   * @throws CommandFailure naming one that none of these devices has
   */
  void require(List<FoundDevice> devices) {
    for (Precision precision : asked) {
      if (devices.stream().noneMatch(device -> has(device, precision))) {
        throw new CommandFailure(
            "--precision: there is no "
                + precision.name().toLowerCase(Locale.ROOT)
                + " here: "
                + devices.stream().map(PrecisionChoice::all).collect(Collectors.joining("; ")));
      }
    }
  }

  private static boolean has(FoundDevice device, Precision precision) {
    return device.precisions().stream().anyMatch(type -> is(precision, type, device));
  }

  private static String all(FoundDevice device) {
    return device.name()
        + " has "
        + device.precisions().stream().map(DataType::label).collect(Collectors.joining(", "));
  }
}
