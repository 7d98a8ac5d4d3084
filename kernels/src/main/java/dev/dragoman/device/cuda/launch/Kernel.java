// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda.launch;

import java.util.List;

/**
 * A kernel, for every type of numbers that it exists for.
 *
 * @param <A> what it takes
 * @param name as in kernels.list: {@code attend_past}
 * @param threads of a block
 * @param argumentBytes of its struct of arguments
 * @param instances for the types of numbers
 */
public record Kernel<A extends Arguments>(
    String name, int threads, int argumentBytes, List<Instance> instances) {

  /**
   * Returns the instance for the types that the arguments have.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Instance of(A arguments) {
    for (Instance instance : instances) {
      if (arguments.isOf(instance.types())) {
        return instance;
      }
    }
    throw new IllegalArgumentException(
        "there is no " + name + " for these types: " + arguments + "; there are " + instances);
  }

  /** Returns the same kernel in blocks of fewer threads. */
  public Kernel<A> withThreads(int fewer) {
    if (fewer > threads) {
      throw new IllegalArgumentException(name + " has at most " + threads + " threads a block");
    }
    return new Kernel<>(name, fewer, argumentBytes, instances);
  }
}
