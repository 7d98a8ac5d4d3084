// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.transformer.Session;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SlotTableTest {
  private final SlotTable table = new SlotTable(new Session.Size(3, 20, 48), 2);

  @Test
  void feedsOneRowInTheFirstStepAndAllBeamsAfterIt() {
    table.place(sentence(4));
    table.place(sentence(4));
    assertArrayEquals(new int[] {0, 2}, step());
    table.place(sentence(4));
    assertArrayEquals(new int[] {0, 1, 2, 3, 4}, step());
    assertArrayEquals(new int[] {0, 1, 2, 3, 4, 5}, step());
    table.release(1);
    assertArrayEquals(new int[] {0, 1, 4, 5}, step());
    table.place(sentence(4));
    assertArrayEquals(new int[] {0, 1, 2, 4, 5}, step());
  }

  @Test
  void givesTheLowestFreeSlotAndItsSource() {
    Sentence second = sentence(6);
    table.place(sentence(5));
    Session.Placed placed = table.place(second);
    table.place(sentence(7));
    assertEquals(1, placed.slot());
    assertEquals(16, placed.start()); // where a block begins
    assertEquals(0, table.free());
    assertSame(second, table.release(1));
    assertTrue(table.isOccupied(0));
    assertFalse(table.isOccupied(1));
    assertTrue(table.isOccupied(2));
    Session.Placed again = table.place(sentence(6));
    assertEquals(1, again.slot());
    assertEquals(16, again.start());
  }

  @Test
  void aSourceWithoutRoomTakesNoSlot() {
    table.place(sentence(15));
    assertNull(table.place(sentence(33)));
    assertEquals(2, table.free());
    table.release(0);
    assertTrue(table.isEmpty());
    assertEquals(0, table.place(sentence(20)).start());
  }

  private int[] step() {
    table.nextStep(new Tally());
    return Arrays.copyOf(table.rows(), table.rowCount());
  }

  private static Sentence sentence(int length) {
    return new Sentence(new int[length], new int[0], Integer.MAX_VALUE);
  }
}
