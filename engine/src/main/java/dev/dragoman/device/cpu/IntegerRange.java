// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

/**
 * The integers that rows of x become in a product: from -{@link #steps} to {@link #steps}, moved
 * above zero by {@link #offset}, as the instructions of x86 multiply integers without a sign by
 * integers with one. Weights are -127 to 127 in either case.
 */
enum IntegerRange {
  /** The range for instructions that add products up in 32 bits. */
  EIGHT_BITS(127, 128),

  /**
   * The range for instructions of AVX2 and of the first AVX-512, which add two products up in 16
   * bits: 2·127·127 is the most that never overflows there.
   */
  SEVEN_BITS(63, 64);

  private final int steps;
  private final int offset;

  IntegerRange(int steps, int offset) {
    this.steps = steps;
    this.offset = offset;
  }

  /** Returns what the largest number of a row becomes, so that both signs have as many steps. */
  int steps() {
    return steps;
  }

  /** Returns what zero becomes. */
  int offset() {
    return offset;
  }

  /** Returns the largest integer that x can become. */
  int most() {
    return offset + steps;
  }
}
