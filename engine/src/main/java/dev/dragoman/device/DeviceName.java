// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

import java.util.regex.Pattern;

/**
 * The names that users give devices: {@code cpu}, {@code cuda}, {@code cuda:1}, {@code cuda:0,1},
 * {@code cuda:all}, {@code auto}. Checking one loads neither devices nor a logger.
 */
public final class DeviceName {
  private static final String ORDINALS = "all|\\d{1,3}(?:,\\d{1,3})*";

  /** A kind and its ordinals, if any, as groups. */
  static final Pattern PARTS = Pattern.compile("([a-z]+)(?::(" + ORDINALS + "))?");

  /** The kinds that there may be; only GPUs have ordinals. */
  private static final Pattern KNOWN = Pattern.compile("auto|cpu|cuda(?::(?:" + ORDINALS + "))?");

  private DeviceName() {}

  /** Tells whether a device may have this name, on whatever machine. */
  public static boolean isKnown(String name) {
    return KNOWN.matcher(name).matches();
  }
}
