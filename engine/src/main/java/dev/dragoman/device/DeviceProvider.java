// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

/** Finds devices of one kind; implementations are found through {@link java.util.ServiceLoader}. */
public interface DeviceProvider {

  /** Returns the first word of a device's name: {@code cpu}, {@code cuda}. */
  String kind();

  /** Returns a number; {@code auto} tries the kind with the highest first. */
  int preference();

  /**
   * Returns how many devices of this kind there are, at least one.
   *
   * @throws DeviceUnavailableException if there is none, with the reason and what to do
   */
  int count();

  /**
   * Opens a device.
   *
   * @param request what was asked for
   * @throws DeviceUnavailableException if there is none, with the reason and what to do
   */
  Device open(DeviceRequest request);

  /** Looks what there is of this kind; a device that is missing is part of the answer. */
  Inspection inspect();
}
