// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** What memory and forks must do, and which shapes are refused. */
interface MemoryContract extends OnWorkbench {
  @Test
  default void aSnapshotShowsWhatWasThereWhenItWasTaken() {
    Tensor tensor = bench().upload(1, 2, 3, 4);
    Snapshot whole = device().snapshot(tensor);
    Snapshot part = device().snapshot(tensor.rows(1, 2));
    whole.take();
    device().upload(new int[] {5, 6, 7, 8}, tensor);
    part.take();
    device().upload(new int[4], tensor);
    assertArrayEquals(new int[] {1, 2, 3, 4}, whole.await());
    assertArrayEquals(new int[] {6, 7}, part.await());
    part.take();
    whole.take();
    assertArrayEquals(new int[4], whole.await());
    assertArrayEquals(new int[2], part.await());
  }

  @Test
  default void sharedMemoryShowsWhatWasWrittenBeforeASnapshot() {
    Tensor shared = device().allocateShared(DataType.F32, new Shape(3, 5));
    float[] seen = new float[15];
    device().synchronize();
    device().peek(shared, seen);
    assertArrayEquals(new float[15], seen);
    float[] numbers = bench().numbers(15);
    Tensor x = bench().uploadFloats(numbers, 3, 5);
    device().add(x, noBias(5), x, shared);
    Snapshot mark = device().snapshot(bench().upload(new int[1]));
    mark.take();
    mark.await();
    device().peek(shared.rows(1, 2), seen);
    for (int i = 0; i < 10; i++) {
      assertEquals(2 * numbers[5 + i], seen[i]);
    }
    assertThrows(IllegalArgumentException.class, () -> shared.rows(3, 1));
  }

  @Test
  default void shapesThatDoNotAgreeAreRefused() {
    Linear weights = bench().pack(bench().numbers(12), bench().numbers(3));
    Tensor x = bench().allocate(2, 4);
    assertThrows(
        IllegalArgumentException.class, () -> device().linear(x, weights, bench().allocate(2, 4)));
    assertThrows(
        IllegalArgumentException.class, () -> device().linear(x, weights, bench().allocate(3, 3)));
    assertThrows(
        IllegalArgumentException.class,
        () -> device().add(x, noBias(4), x, bench().allocate(2, 3)));
    assertThrows(IllegalArgumentException.class, () -> x.rows(1, 2));
    assertThrows(IllegalArgumentException.class, () -> x.columns(-1, 2));
  }

  @Test
  default void memoryIsCounted() {
    assertEquals(activations(), device().capacity().activations());
    long before = device().bytesHeld();
    bench().allocate(10, 7);
    assertEquals(before + 10L * 7 * activations().bytes(), device().bytesHeld());
  }

  @Test
  default void whatAForkHasTakenIsGivenBackWithIt() {
    long before = device().bytesHeld();
    try (Device fork = device().fork()) {
      fork.allocate(DataType.F32, new Shape(10, 7));
      HostTensor weight = HostTensor.of("test", new Shape(7, 10), new float[70]);
      fork.pack(weight, new float[7]);
      fork.packForShortlists(weight);
      assertTrue(device().bytesHeld() >= before + 10L * 7 * (Float.BYTES + 1));
    }
    assertEquals(before, device().bytesHeld());
  }
}
