// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda.launch;

import dev.dragoman.device.DataType;

/** A matrix in a GPU's memory, as kernels need to know it. */
public interface Operand {

  /** Returns the address of element (0, 0). */
  long address();

  /** Returns the type of its numbers. */
  DataType type();

  /** Returns the elements from one row to the next. */
  int stride();
}
