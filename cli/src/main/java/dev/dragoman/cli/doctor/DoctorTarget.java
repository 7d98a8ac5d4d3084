// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.doctor;

import dev.dragoman.device.FoundDevice;
import dev.dragoman.device.Inspection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the doctor is to look at.
 *
 * @param kind {@code cpu}, {@code cuda} or {@code auto}
 * @param names {@code cuda:1}; empty for all of the kind
 */
record DoctorTarget(String kind, List<String> names) {
  private static final Pattern NAME =
      Pattern.compile("(cpu|cuda|auto)|(cuda):(\\d{1,3}(,\\d{1,3})*)");

  /** Parses what {@code --device} was given; empty if it is no such name. */
  static Optional<DoctorTarget> parse(String device) {
    Matcher parts = NAME.matcher(device);
    if (!parts.matches()) {
      return Optional.empty();
    }
    if (parts.group(1) != null) {
      return Optional.of(new DoctorTarget(parts.group(1), List.of()));
    }
    String kind = parts.group(2);
    List<String> names =
        Pattern.compile(",").splitAsStream(parts.group(3)).map(n -> kind + ":" + n).toList();
    return Optional.of(new DoctorTarget(kind, names));
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
