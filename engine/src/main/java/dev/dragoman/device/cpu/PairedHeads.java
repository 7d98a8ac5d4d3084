// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import dev.dragoman.device.DataType;

/**
 * The numbers of a head as bfloat16, two in the bits of a float: number i in the low half of float
 * i, number i + width / 2 in its high half. So a vector of these bits gives a vector of the numbers
 * from i on and another of those from i + width / 2 on, however many lanes there are. Attention
 * waits for memory, and these are half the bytes.
 *
 * <p>The bits stay in floats, which the vector unit takes for integers at no cost, so that a cache
 * needs one kind of array. They may look like NaN, but are only copied.
 */
record PairedHeads(int width, AttentionMath attention) implements HeadFormat {

  /** Halves are whole vectors of up to 512 bits. */
  private static final int MULTIPLE = 32;

  static boolean fit(int width) {
    return width % MULTIPLE == 0;
  }

  @Override
  public DataType type() {
    return DataType.BF16;
  }

  @Override
  public int size() {
    return width / 2;
  }

  @Override
  public void pack(float[] from, int at, float[] to, int packed) {
    int half = size();
    for (int i = 0; i < half; i += FloatPairs.STEP) {
      FloatPairs.of(from, at + i, at + half + i).intoArray(to, packed + i);
    }
  }

  @Override
  public void unpack(float[] from, int packed, float[] to, int at) {
    int half = size();
    for (int i = 0; i < half; i++) {
      int pair = Float.floatToRawIntBits(from[packed + i]);
      to[at + i] = FloatPairs.low(pair);
      to[at + half + i] = FloatPairs.high(pair);
    }
  }
}
