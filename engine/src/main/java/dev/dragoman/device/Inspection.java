// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

import java.util.List;
import java.util.Optional;

/**
 * What was found of one kind of device on this machine, and why there is none.
 *
 * @param facts what was found on the way to the devices, in that order
 * @param devices what {@link Devices#open} opens
 * @param problem why there is none, and what to do; empty where there is one
 */
public record Inspection(List<Fact> facts, List<FoundDevice> devices, Optional<String> problem) {

  /** A name and what was found. */
  public record Fact(String name, String value) {}

  /** Returns that nothing can be opened. */
  public static Inspection none(List<Fact> facts, String problem) {
    return new Inspection(List.copyOf(facts), List.of(), Optional.of(problem));
  }

  /** Returns that these can be opened. */
  public static Inspection of(List<Fact> facts, List<FoundDevice> devices) {
    return new Inspection(List.copyOf(facts), List.copyOf(devices), Optional.empty());
  }
}
