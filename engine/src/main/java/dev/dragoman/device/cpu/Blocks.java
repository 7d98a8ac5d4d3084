// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import java.util.Arrays;

/**
 * The places of a cache's positions: they lie in blocks, each of which is given a place when it is
 * first written. Hypotheses are far shorter than the longest allowed, so a cache needs a small part
 * of its positions at a time.
 */
final class Blocks {
  /** Positions of a block. */
  static final int SIZE = 16;

  private static final int NONE = -1;

  private final int[] places;
  private final int[] free;
  private int freed;
  private int used;

  /** Makes blocks for so many positions. */
  Blocks(int positions) {
    places = new int[(positions + SIZE - 1) / SIZE];
    free = new int[places.length];
    Arrays.fill(places, NONE);
  }

  boolean isWritten(int position) {
    return places[position / SIZE] != NONE;
  }

  /** Returns where a position would lie if all blocks stood one after the other by their places. */
  int placeOf(int position) {
    return places[position / SIZE] * SIZE + position % SIZE;
  }

  /** Gives the position's block a place unless it has one. */
  void take(int position) {
    int block = position / SIZE;
    if (places[block] == NONE) {
      places[block] = freed > 0 ? free[--freed] : used++;
    }
  }

  /** Takes the places back from the blocks that lie between two positions as a whole. */
  void release(int first, int end) {
    for (int block = (first + SIZE - 1) / SIZE; block < end / SIZE; block++) {
      if (places[block] != NONE) {
        free[freed++] = places[block];
        places[block] = NONE;
      }
    }
  }

  /** Places that have been given at one time or another. */
  int used() {
    return used;
  }

  /** Blocks that there are. */
  int count() {
    return places.length;
  }
}
