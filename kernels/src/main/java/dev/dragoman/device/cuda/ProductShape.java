// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import dev.dragoman.device.DataType;

/**
 * The properties that all products by weights of one kind share, whatever their number of rows.
 *
 * @param type of the weights and of what is multiplied by them
 * @param out of the results
 */
record ProductShape(int inputs, int outputs, DataType type, DataType out) {

  static ProductShape of(CudaLinear weights, DataType out) {
    return new ProductShape(weights.inputs(), weights.outputs(), weights.weights().type(), out);
  }

  /** Returns the bytes of a row of results. */
  long bytesOfRow() {
    return (long) outputs * out.bytes();
  }

  @Override
  public String toString() {
    String types = type == out ? type.label() : type.label() + " to " + out.label();
    return inputs + " to " + outputs + " (" + types + ")";
  }
}
