// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import dev.dragoman.device.DataType;

/** The format in which a cache holds the numbers of a head: floats that lie one after the other. */
interface HeadFormat {

  /** Returns the type that a number is rounded to. */
  DataType type();

  /** Numbers of a head. */
  int width();

  /** Floats that hold them. */
  int size();

  /**
   * Writes a head's numbers, {@code from} index {@code at} on. In one array they may be packed to
   * where they stand, or further ahead.
   */
  void pack(float[] from, int at, float[] to, int packed);

  /** Reads them again. */
  void unpack(float[] from, int packed, float[] to, int at);

  /** Returns the inner loops that read what is packed so. They serve one fork. */
  AttentionMath attention();
}
