// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda.launch;

import java.nio.ByteBuffer;

/** A pointer that a kernel takes together with the stride of its rows. */
public interface MatrixPointer extends Pointer {

  /** Writes the address at this position, and the stride behind it. */
  @Override
  default void writeTo(ByteBuffer bytes, int at) {
    Pointer.super.writeTo(bytes, at);
    bytes.putInt(at + Long.BYTES, tensor().stride());
  }
}
