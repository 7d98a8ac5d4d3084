// SPDX-License-Identifier: Apache-2.0
package dev.dragoman;

import dev.dragoman.device.Volume;

/**
 * Says what to compute on. Immutable.
 *
 * @param name {@code cpu}, {@code cuda}, {@code cuda:1}, {@code cuda:0,1}, {@code cuda:all} or
 *     {@code auto}
 * @param precision of the products
 * @param volume how much there is to translate, as far as that is known
 */
public record DeviceOptions(String name, Precision precision, Volume volume) {

  /** Takes whatever device there is, in its own precision, for many lines. */
  public static DeviceOptions defaults() {
    return new DeviceOptions("auto", Precision.AUTO, Volume.MANY_LINES);
  }

  /** Returns the same but for {@link #name}. */
  public DeviceOptions withName(String other) {
    return new DeviceOptions(other, precision, volume);
  }

  /** Returns the same but for {@link #precision}. */
  public DeviceOptions withPrecision(Precision other) {
    return new DeviceOptions(name, other, volume);
  }

  /** Returns the same but for {@link #volume}. */
  public DeviceOptions withVolume(Volume other) {
    return new DeviceOptions(name, precision, other);
  }
}
