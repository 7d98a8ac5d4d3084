// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.doctor;

import dev.dragoman.device.DeviceName;
import dev.dragoman.device.FoundDevice;
import dev.dragoman.device.Inspection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the doctor is to look at.
 *
 * @param kind {@code cpu}, {@code cuda} or {@code auto}
 * @param names {@code cuda:1}; empty for all of the kind
 */
record DoctorTarget(String kind, List<String> names) {
  /**
   * Takes what {@code --device} was given.
   *
   * @param device a name, as {@link DeviceName#isKnown} says
   */
  static DoctorTarget of(String device) {
    String[] parts = device.split(":");
    if (parts.length == 1 || parts[1].equals("all")) {
      return new DoctorTarget(parts[0], List.of());
    }
    return new DoctorTarget(
        parts[0], Stream.of(parts[1].split(",")).map(number -> parts[0] + ":" + number).toList());
  }

  /** Returns the wanted devices that are there; where none is, the processor is still looked at. */
  List<FoundDevice> choose(Map<String, Inspection> found) {
    List<FoundDevice> chosen = new ArrayList<>();
    List<FoundDevice> processors = new ArrayList<>();
    found.forEach(
        (kindOf, inspection) ->
            inspection
                .devices()
                .forEach(
                    device -> {
                      if (kind.equals("auto") || isAskedFor(kindOf, device)) {
                        chosen.add(device);
                      }
                      if (kindOf.equals("cpu")) {
                        processors.add(device);
                      }
                    }));
    return chosen.isEmpty() ? processors : chosen;
  }

  private boolean isAskedFor(String kindOf, FoundDevice device) {
    return kind.equals(kindOf) && (names.isEmpty() || names.contains(device.name()));
  }

  /** Returns why something that was asked for by name is not there. */
  Optional<String> problem(Map<String, Inspection> found) {
    List<String> there =
        found.values().stream()
            .flatMap(inspection -> inspection.devices().stream())
            .map(FoundDevice::name)
            .toList();
    if (kind.equals("auto")) {
      return there.isEmpty() ? Optional.of("there is no device to compute on") : Optional.empty();
    }
    Optional<String> reason = Optional.ofNullable(found.get(kind)).flatMap(Inspection::problem);
    if (reason.isPresent()) {
      return reason;
    }
    return names.stream()
        .filter(name -> !there.contains(name))
        .findFirst()
        .map(name -> "there is no " + name + ": this machine has " + String.join(", ", there));
  }
}
