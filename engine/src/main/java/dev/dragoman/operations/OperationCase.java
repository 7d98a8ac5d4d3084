// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.operations;

/**
 * One operation of a device with its parameters: makes its inputs, asks the device for it, compares
 * the result with a float64 reference of its own, and knows the least work that it is. A record, so
 * that its name tells the parameters.
 */
public interface OperationCase {

  /** Returns what it is given, to be read: {@code 64 x 512 to 2048}. */
  String shape();

  /** Returns the least work, where numbers are stored so. */
  Work work(Types types);

  /** Puts the inputs on a device, ready to run. */
  PreparedOperation prepare(Workbench bench);
}
