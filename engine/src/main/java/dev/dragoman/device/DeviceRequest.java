// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

import java.util.Optional;

/**
 * A device that someone wants.
 *
 * @param ordinal which one of its kind, from 0
 * @param precision the type of products; empty for the device's own choice
 * @param volume what it will have to do
 */
public record DeviceRequest(int ordinal, Optional<DataType> precision, Volume volume) {

  /** Returns the same request of another device of the kind. */
  DeviceRequest ofOrdinal(int other) {
    return new DeviceRequest(other, precision, volume);
  }
}
