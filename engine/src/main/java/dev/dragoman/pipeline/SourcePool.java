// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.pipeline;

import java.util.Map;
import java.util.TreeMap;

/**
 * Hands out regions of the source caches. The length of a source is known before it enters a slot,
 * so the slots share one pool that is far smaller than the longest source for each; a sentence that
 * does not fit waits until others have left.
 *
 * <p>Regions begin at multiples of sixteen positions: devices read keys in blocks of a power of
 * two, and a source that begins in the middle of one costs another.
 */
final class SourcePool {
  /** What {@link #take} returns when nothing fits. */
  static final int FULL = -1;

  private static final int STEP = 16;

  private final int capacity;
  private final TreeMap<Integer, Integer> taken = new TreeMap<>();

  SourcePool(int capacity) {
    this.capacity = capacity;
  }

  /**
   * Takes the lowest free region of {@code length} positions; returns its start, or {@link #FULL}.
   */
  int take(int length) {
    int start = 0;
    for (Map.Entry<Integer, Integer> region : taken.entrySet()) {
      if (region.getKey() - start >= length) {
        break;
      }
      start = (region.getKey() + region.getValue() + STEP - 1) / STEP * STEP;
    }
    if (capacity - start < length) {
      return FULL;
    }
    taken.put(start, length);
    return start;
  }

  /** Gives the region that begins at {@code start} back. */
  void free(int start) {
    if (taken.remove(start) == null) {
      throw new IllegalArgumentException("no region begins at " + start);
    }
  }
}
