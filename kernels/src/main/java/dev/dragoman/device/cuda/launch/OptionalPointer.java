// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda.launch;

import java.nio.ByteBuffer;
import java.util.Optional;

/** A pointer that a kernel takes and that may be null. */
public interface OptionalPointer {

  /** Returns the matrix that it points to, or empty. */
  Optional<? extends Operand> tensor();

  /** Writes the address, or zero, at this position. */
  default void writeTo(ByteBuffer bytes, int at) {
    bytes.putLong(at, tensor().isPresent() ? tensor().get().address() : 0);
  }
}
