// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

/** IEEE 754 binary16, which Java has only from version 20 on. */
final class Float16 {
  /**
   * All numbers that there are, by their bits. To look one up is a fourth of the work of computing
   * it in code that Java has not optimized yet, and most weights are read before it has.
   */
  private static final float[] NUMBERS = new float[1 << Short.SIZE];

  static {
    for (int half = 0; half < NUMBERS.length; half++) {
      NUMBERS[half] = toFloat((short) half);
    }
  }

  private Float16() {}

  /** Converts many, from {@code at} on. */
  static void toFloats(short[] halves, float[] to, int at) {
    for (int i = 0; i < halves.length; i++) {
      to[at + i] = NUMBERS[halves[i] & 0xffff];
    }
  }

  private static float toFloat(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = (half >> 10) & 0x1f;
    int fraction = half & 0x3ff;
    if (exponent == 0x1f) { // infinite or not a number
      return Float.intBitsToFloat(sign | 0x7f80_0000 | fraction << 13);
    }
    if (exponent == 0) { // zero and subnormals: fraction · 2⁻²⁴
      float magnitude = fraction * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    return Float.intBitsToFloat(sign | (exponent + 112) << 23 | fraction << 13);
  }
}
