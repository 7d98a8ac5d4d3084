// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** A device of this machine that can be opened. */
public interface FoundDevice {

  /** Returns the name that {@link Devices#open} takes: {@code cuda:0}. */
  String name();

  /**
   * Opens it for many lines.
   *
   * @param precision of the products
   * @throws DeviceUnavailableException if that cannot be, with the reason and what to do
   */
  default Device open(DataType precision) {
    return Devices.open(name(), Optional.of(precision));
  }

  /** Returns what it is, to be read. */
  List<Inspection.Fact> facts();

  /** Returns the precisions that its products can have, its own choice first. */
  List<DataType> precisions();

  /** Returns whether the processor only plays its part; times mean nothing then. */
  boolean isEmulated();

  /**
   * Returns the most that one fork can get out of the hardware, looked up or measured; empty where
   * nothing is known, and where it is emulated.
   *
   * @param precision of the products
   */
  Optional<Limits> limits(DataType precision);

  /**
   * Returns the seconds of one product of a decoder step with weights of this shape, and of nothing
   * around it, measured in a few hundredths of a second; empty where that cannot be had so soon.
   *
   * @param precision of the product
   * @param weights outputs × inputs
   */
  default OptionalDouble productSeconds(DataType precision, Shape weights) {
    return OptionalDouble.empty();
  }
}
