// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SourcePoolTest {
  private static final int CAPACITY = 100;

  private record Region(int start, int length) {}

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void handsOutTheLowestFreeRegionThatBeginsABlock(long seed) {
    Random random = new Random(seed);
    SourcePool pool = new SourcePool(CAPACITY);
    BitSet used = new BitSet();
    List<Region> taken = new ArrayList<>();
    int full = 0;
    for (int i = 0; i < 5000; i++) {
      if (!taken.isEmpty() && random.nextInt(10) < 4) {
        Region region = taken.remove(random.nextInt(taken.size()));
        pool.free(region.start);
        used.clear(region.start, region.start + region.length);
        continue;
      }
      int length = 1 + random.nextInt(random.nextInt(10) == 0 ? CAPACITY : 20);
      int expected = lowest(used, length);
      assertEquals(expected, pool.take(length), "step " + i);
      if (expected == SourcePool.FULL) {
        full++;
      } else {
        used.set(expected, expected + length);
        taken.add(new Region(expected, length));
      }
    }
    assertEquals(true, full > 100, "the pool was hardly ever full");
  }

  private static int lowest(BitSet used, int length) {
    for (int start = 0; start + length <= CAPACITY; start += 16) {
      int next = used.nextSetBit(start);
      if (next < 0 || next >= start + length) {
        return start;
      }
    }
    return SourcePool.FULL;
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 1, 5, 10})
  void refusesToFreeWhatWasNotTaken(int start) {
    SourcePool pool = new SourcePool(CAPACITY);
    pool.take(10);
    assertThrows(IllegalArgumentException.class, () -> pool.free(start));
  }
}
