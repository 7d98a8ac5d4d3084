// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.device.KeyValueCache;
import dev.dragoman.device.Shape;
import dev.dragoman.device.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class CpuCacheTest {
  private static final int SLOTS = 1000;
  private static final int POSITIONS = 100; // not a multiple of a block
  private static final int WIDTH = 12;
  private static final int FULL = 2 * SLOTS * POSITIONS * WIDTH * Float.BYTES;

  private static final HeadFormat THREE_HEADS = new PlainHeads(WIDTH / 3, new ScalarAttention());

  private final AtomicLong bytesHeld = new AtomicLong();
  private final KeyValueCache cache =
      CpuCache.ofPast(new Shape(SLOTS * POSITIONS, WIDTH), THREE_HEADS, bytesHeld);
  private final Random random = new Random(7);
  private final Map<Integer, float[]> written = new HashMap<>();

  @Test
  void aSlotThatBeginsAnewLeavesTheOthersAlone() {
    for (int sentence = 0; sentence < 100; sentence++) {
      int slot = random.nextInt(SLOTS);
      begin(slot);
      int length = 1 + random.nextInt(POSITIONS);
      for (int step = 0; step < length; step++) {
        write(slot * POSITIONS + step);
      }
      check();
    }
  }

  @Test
  void shortSentencesTakeLittleMemoryHoweverMany() {
    long atStart = bytesHeld.get();
    for (int sentence = 0; sentence < 1000; sentence++) {
      int slot = sentence % SLOTS;
      begin(slot);
      write(slot * POSITIONS);
      write(slot * POSITIONS + 50);
    }
    assertTrue(bytesHeld.get() <= FULL * 2L / 3, bytesHeld + " of " + FULL + " bytes");
    assertTrue(atStart <= FULL / 6, atStart + " of " + FULL + " bytes");
  }

  @Test
  void aFullCacheTakesWhatItsShapeSays() {
    for (int position = 0; position < SLOTS * POSITIONS; position++) {
      write(position);
    }
    check();
    assertEquals(FULL, bytesHeld.get());
  }

  @Test
  void aCacheOfFewPositionsIsWholeFromTheBeginning() {
    AtomicLong held = new AtomicLong();
    KeyValueCache small = CpuCache.ofPast(new Shape(500, WIDTH), THREE_HEADS, held);
    long atStart = held.get();
    assertEquals(2L * 512 * WIDTH * Float.BYTES, atStart);
    CpuCache.of(small.keys()).write(499, new float[WIDTH], 0);
    assertEquals(atStart, held.get());
  }

  @Test
  void sourcesAreReadAsTheyWereWrittenThoughTheirKeysAreTransposed() {
    KeyValueCache sources = CpuCache.ofSources(new Shape(80, WIDTH), THREE_HEADS, bytesHeld);
    CpuTensor rows = CpuTensor.over(AlignedMemory.words(50 * WIDTH), new Shape(50, WIDTH));
    float[] numbers = new float[50 * WIDTH];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = random.nextFloat();
    }
    for (int row = 0; row < 50; row++) {
      rows.write(row, numbers, row * WIDTH);
    }
    CpuCache.of(sources.keys()).write(5, rows, 0, 50); // begins and ends within a block
    CpuCache.of(sources.values()).write(5, rows, 0, 50);
    float[] one = {9, 8, 7, 6, 5, 4, 3, 2, 1, 0, -1, -2};
    CpuCache.of(sources.keys()).write(7, one, 0);
    System.arraycopy(one, 0, numbers, 2 * WIDTH, WIDTH);
    for (int row = 0; row < 50; row++) {
      float[] expected = Arrays.copyOfRange(numbers, row * WIDTH, (row + 1) * WIDTH);
      float[] key = new float[WIDTH];
      CpuCache.of(sources.keys()).read(5 + row, key, 0);
      assertArrayEquals(expected, key, "key " + row);
    }
    float[] value = new float[WIDTH];
    CpuCache.of(sources.values()).read(54, value, 0);
    assertArrayEquals(Arrays.copyOfRange(numbers, 49 * WIDTH, 50 * WIDTH), value);
  }

  /** Pairs are rounded in both orders, by one row and by many, at places within a block. */
  @Test
  @Tag("processor")
  void pairsAreRoundedToBfloat16() {
    Assumptions.assumeTrue(
        VectorMath.obstacle().isEmpty(), () -> "skipped: " + VectorMath.obstacle().get());
    Shape shape = new Shape(80, 2 * 64);
    HeadFormat pairs = new PairedHeads(64, new PairedAttention());
    KeyValueCache sources = CpuCache.ofSources(shape, pairs, bytesHeld);
    float[] numbers = new float[shape.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    float[] ties = {0x1.01p0f, 0x1.03p0f, -0x1.01p0f, 0x1.010002p0f, 0, -0f, 0x1p-140f};
    float[] rounded = {1, 0x1.04p0f, -1, 0x1.02p0f, 0, -0f, 0};
    System.arraycopy(ties, 0, numbers, 5 * 128 + 60, ties.length);
    CpuTensor rows = CpuTensor.over(AlignedMemory.words(shape.size()), shape);
    for (int row = 0; row < 80; row++) {
      rows.write(row, numbers, row * 128);
    }
    for (Tensor tensor : List.of(sources.keys(), sources.values())) {
      CpuCache.of(tensor).write(3, rows, 3, 70);
      CpuCache.of(tensor).write(7, rows, 7);
      float[] read = new float[128];
      for (int row = 3; row < 73; row++) {
        CpuCache.of(tensor).read(row, read, 0);
        for (int i = 0; i < 128; i++) {
          float number = numbers[row * 128 + i];
          assertEquals(number, read[i], Math.abs(number) * 0x1p-8f + Float.MIN_NORMAL);
          assertEquals(0, Float.floatToRawIntBits(read[i]) & 0xFFFF);
        }
      }
      CpuCache.of(tensor).read(5, read, 0);
      assertArrayEquals(rounded, Arrays.copyOfRange(read, 60, 60 + rounded.length));
    }
  }

  private void begin(int slot) {
    for (int step = 0; step < POSITIONS; step++) {
      written.remove(slot * POSITIONS + step);
    }
    CpuCache.of(cache.keys()).release(slot * POSITIONS, (slot + 1) * POSITIONS);
  }

  private void write(int position) {
    float[] numbers = new float[2 * WIDTH];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = random.nextFloat();
    }
    CpuCache.of(cache.keys()).write(position, numbers, 0);
    CpuCache.of(cache.values()).write(position, numbers, WIDTH);
    written.put(position, numbers);
  }

  private void check() {
    written.forEach(
        (position, numbers) -> {
          float[] read = new float[2 * WIDTH];
          CpuCache.of(cache.keys()).read(position, read, 0);
          CpuCache.of(cache.values()).read(position, read, WIDTH);
          assertArrayEquals(numbers, read, "position " + position);
        });
  }
}
