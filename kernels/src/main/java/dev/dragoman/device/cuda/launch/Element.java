// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda.launch;

import dev.dragoman.device.DataType;
import java.util.Optional;

/** The type of the numbers that a pointer of a kernel points to. */
public enum Element {
  /** {@code float}. */
  F32,
  /** {@code half}. */
  F16,
  /** {@code bfloat16}. */
  BF16,
  /** {@code signed char}. */
  I8,
  /** {@code int}. */
  I32,
  /** {@code unsigned short}: numbers of two bytes, or halves of longer ones. */
  B16,
  /** {@code unsigned}: numbers of four bytes. */
  B32;

  /** Returns whether such numbers are in a tensor of this type. */
  public boolean accepts(DataType type) {
    return switch (this) {
      case F32 -> type == DataType.F32;
      case F16 -> type == DataType.F16;
      case BF16 -> type == DataType.BF16;
      case I8 -> type == DataType.I8;
      case I32 -> type == DataType.I32;
      case B16 -> type.bytes() % Short.BYTES == 0;
      case B32 -> type.bytes() == Integer.BYTES;
    };
  }

  void check(String argument, Operand tensor) {
    if (!accepts(tensor.type())) {
      throw new IllegalArgumentException(argument + " points to " + this + ", not to " + tensor);
    }
  }

  void check(String argument, Optional<? extends Operand> tensor) {
    tensor.ifPresent(present -> check(argument, present));
  }
}
