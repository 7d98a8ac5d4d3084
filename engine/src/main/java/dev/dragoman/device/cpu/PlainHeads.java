// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import dev.dragoman.device.DataType;

/** The numbers of a head as they are. */
record PlainHeads(int width, AttentionMath attention) implements HeadFormat {

  @Override
  public DataType type() {
    return DataType.F32;
  }

  @Override
  public int size() {
    return width;
  }

  @Override
  public void pack(float[] from, int at, float[] to, int packed) {
    if (from != to || at != packed) {
      System.arraycopy(from, at, to, packed, width);
    }
  }

  @Override
  public void unpack(float[] from, int packed, float[] to, int at) {
    System.arraycopy(from, packed, to, at, width);
  }
}
