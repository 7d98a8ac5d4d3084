// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class BatchSizesTest {

  @Test
  void aStepHasFewSizesAndFewRowsForNothing() {
    BatchSizes sizes = new BatchSizes(1);
    List<Integer> all = sizes.upTo(2048);
    assertEquals(3 + 32 + 3 * 16, all.size(), all.toString()); // 1, 2, 4; to 256; to 2,048
    for (int rows = 1; rows <= 2048; rows++) {
      int size = sizes.filled(rows);
      assertTrue(all.contains(size), size + " for " + rows + " rows");
      assertTrue(size >= rows, rows + " rows");
      assertTrue(size - rows < Math.max(8, rows / 16.0), rows + " rows in " + size);
    }
  }

  @Test
  void noneIsSmallerThanTheLeast() {
    BatchSizes sizes = new BatchSizes(16);
    assertEquals(List.of(16, 24, 32), sizes.upTo(39));
    assertEquals(16, sizes.filled(0));
    assertEquals(16, sizes.filled(3));
    assertEquals(16, sizes.filled(16));
    assertEquals(24, sizes.filled(17));
    assertEquals(new BatchSizes(1).filled(500), sizes.filled(500));
  }
}
