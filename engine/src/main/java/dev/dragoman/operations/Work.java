// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.operations;

import dev.dragoman.device.DataType;
import dev.dragoman.device.Limits;

/**
 * What an operation cannot do with less of.
 *
 * @param operations additions and multiplications
 * @param bytes read from memory and written to it, each once
 */
public record Work(double operations, double bytes) {

  /** The limits that hold an operation back. */
  public enum Bound {
    ARITHMETIC,
    MEMORY
  }

  /** Returns the work of what only moves memory. */
  public static Work bytes(double bytes) {
    return new Work(0, bytes);
  }

  /**
   * Returns the work of x·Wᵀ: weights, x and results cross memory once.
   *
   * @param rows of x
   * @param types of weights and of x
   * @param results how they are stored
   */
  public static Work product(
      double rows, double inputs, double outputs, Types types, DataType results) {
    return new Work(
        2 * rows * inputs * outputs,
        inputs * outputs * types.products().bytes()
            + rows * inputs * types.activations().bytes()
            + rows * outputs * results.bytes());
  }

  /**
   * Returns the work of the two products of a feed-forward layer, whose hidden numbers never leave
   * the chip.
   *
   * @param inner hidden numbers of a row
   */
  public static Work feedForward(double rows, double width, double inner, Types types) {
    double weights = 2 * width * inner;
    return new Work(
        2 * rows * weights,
        weights * types.products().bytes() + 2 * rows * width * types.activations().bytes());
  }

  /** Returns the seconds that it takes at least. */
  public double floor(Limits limits) {
    return Math.max(arithmetic(limits), memory(limits));
  }

  /** Returns which limit it meets first. */
  public Bound bound(Limits limits) {
    return arithmetic(limits) > memory(limits) ? Bound.ARITHMETIC : Bound.MEMORY;
  }

  private double arithmetic(Limits limits) {
    return operations / limits.operationsPerSecond();
  }

  private double memory(Limits limits) {
    return bytes / limits.bytesPerSecond();
  }
}
