// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Pairs of bfloat16 numbers, which are the upper halves of floats, in the bits of floats. */
final class FloatPairs {
  private static final VectorSpecies<Float> LANES = FloatVector.SPECIES_PREFERRED;

  /** Pairs of a vector. */
  static final int STEP = LANES.length();

  private static final int UPPER = 0xFFFF0000;

  private FloatPairs() {}

  /**
   * Numbers from {@code low} on in the lower halves, from {@code high} on in the upper ones:
   * rounded to nearest, ties to even.
   */
  static FloatVector of(float[] numbers, int low, int high) {
    IntVector lower = rounded(numbers, low).lanewise(VectorOperators.LSHR, 16);
    return rounded(numbers, high).and(UPPER).or(lower).reinterpretAsFloats();
  }

  /** Returns the numbers in the upper half of each lane; the lower half holds anything. */
  private static IntVector rounded(float[] numbers, int at) {
    IntVector bits = FloatVector.fromArray(LANES, numbers, at).reinterpretAsInts();
    return bits.add(bits.lanewise(VectorOperators.LSHR, 16).and(1)).add(0x7FFF);
  }

  static IntVector load(float[] pairs, int at) {
    return FloatVector.fromArray(LANES, pairs, at).reinterpretAsInts();
  }

  static FloatVector low(IntVector pairs) {
    return pairs.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
  }

  static FloatVector high(IntVector pairs) {
    return pairs.and(UPPER).reinterpretAsFloats();
  }

  static float low(int pair) {
    return Float.intBitsToFloat(pair << 16);
  }

  static float high(int pair) {
    return Float.intBitsToFloat(pair & UPPER);
  }
}
