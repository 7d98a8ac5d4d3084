// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.device.DataType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a program no longer needs is free, whether Java has collected it or not. */
class FreeMemoryTest {
  private static final int PART = 16 << 20;
  private static final long MOST = Runtime.getRuntime().maxMemory();

  private final List<byte[]> needed = new ArrayList<>();
  private final CpuDevice device = CpuDevice.open(DataType.F32, new ScalarMath());

  @AfterEach
  void close() {
    device.close();
  }

  @Test
  void garbageIsFree() {
    while (device.freeBytes() > MOST / 2) {
      needed.add(new byte[PART]);
    }
    long taken = (long) needed.size() * PART;
    assertTrue(taken > 0, "other tests hold half of the heap");
    needed.clear();
    assertEquals(MOST / 2.0 + taken, device.freeBytes(), MOST / 8.0);
  }
}
