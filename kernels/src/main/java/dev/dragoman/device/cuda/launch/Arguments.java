// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda.launch;

import java.nio.ByteBuffer;
import java.util.Map;

/** A struct that a kernel takes, or a part of one. */
public interface Arguments {

  /** Writes the bytes of the struct from position {@code at} on; padding stays as it is. */
  void writeTo(ByteBuffer bytes, int at);

  /**
   * Returns whether all pointers point to these types of numbers.
   *
   * @param types by the name that the struct has for each
   */
  default boolean isOf(Map<String, Element> types) {
    return true;
  }
}
