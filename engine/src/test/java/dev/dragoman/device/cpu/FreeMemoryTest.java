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

  /** With what other tests left behind, so that the heap holds it in any case. */
  private void takeMoreThanHalf() {
    System.gc();
    Runtime jvm = Runtime.getRuntime();
    while (jvm.totalMemory() - jvm.freeMemory() < MOST / 2 + PART) {
      needed.add(new byte[PART]);
    }
  }

  @Test
  void garbageIsFree() {
    takeMoreThanHalf();
    assertTrue(device.freeBytes() < MOST / 2, "of what is needed nothing is free");
    long taken = (long) needed.size() * PART;
    needed.clear();
    assertEquals(MOST / 2.0 + taken, device.freeBytes(), MOST / 8.0);
  }
}
