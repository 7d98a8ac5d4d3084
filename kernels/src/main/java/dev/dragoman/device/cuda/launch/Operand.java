package dev.dragoman.device.cuda.launch;

import dev.dragoman.device.DataType;

/** A matrix in a GPU's memory, as kernels need to know it. */
public interface Operand {

  /** The address of element (0, 0). */
  long address();

  /** The type of its numbers. */
  DataType type();

  /** Elements from one row to the next. */
  int stride();
}
