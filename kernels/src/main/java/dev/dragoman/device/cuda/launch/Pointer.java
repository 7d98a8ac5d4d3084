// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda.launch;

import java.nio.ByteBuffer;

/** A pointer that a kernel takes. Each name of a pointer is a type of its own. */
public interface Pointer {

  /** Returns the matrix that it points to. */
  Operand tensor();

  /** Writes the address at this position. */
  default void writeTo(ByteBuffer bytes, int at) {
    bytes.putLong(at, tensor().address());
  }

  /** Returns whether it points to numbers of this type. */
  default boolean isOf(Element element) {
    return element.accepts(tensor().type());
  }
}
