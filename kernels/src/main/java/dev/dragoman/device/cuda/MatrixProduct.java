// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import dev.dragoman.device.Activation;
import dev.dragoman.device.DataType;
import dev.dragoman.device.Inspection.Fact;
import java.util.List;

/**
 * Something that multiplies matrices: NVIDIA's libraries, or our kernels; 8-bit products are always
 * ours.
 */
interface MatrixProduct extends AutoCloseable {

  /**
   * Computes out = act(x·Wᵀ + b).
   *
   * @param x of the type that goes with the weights, {@link CudaLinear#activations()}
   * @param out of the type of x, or F32
   */
  void multiply(CudaTensor x, CudaLinear linear, Activation activation, CudaTensor out);

  /**
   * Prepares for weights, once, when they have been loaded.
   *
   * @param out the type of the results
   */
  default void prepare(CudaLinear weights, DataType out) {}

  /**
   * Returns the least rows of a batch; see {@link dev.dragoman.device.DeviceCapacity#leastRows}.
   */
  default int leastRows() {
    return 1;
  }

  /** Returns whether our own kernels multiply, which add up in one order for any number of rows. */
  boolean isOurs();

  /** Returns the bytes of device memory that it takes for itself. */
  long workspaceBytes();

  /** Returns its name. */
  String name();

  /** Returns what it found out about the weights that it was prepared for. */
  default List<Fact> facts() {
    return List.of();
  }

  @Override
  void close();
}
