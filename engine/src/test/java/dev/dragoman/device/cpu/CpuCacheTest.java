package dev.dragoman.device.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.device.KeyValueCache;
import dev.dragoman.device.Shape;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CpuCacheTest {
  private static final int SLOTS = 1000;
  private static final int POSITIONS = 100; // not a multiple of a block
  private static final int WIDTH = 12;
  private static final int FULL = 2 * SLOTS * POSITIONS * WIDTH * Float.BYTES;

  private final AtomicLong bytesHeld = new AtomicLong();
  private final KeyValueCache cache =
      CpuCache.ofPast(new Shape(SLOTS * POSITIONS, WIDTH), 3, bytesHeld);
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
    KeyValueCache small = CpuCache.ofPast(new Shape(500, WIDTH), 3, held);
    long atStart = held.get();
    assertEquals(2L * 512 * WIDTH * Float.BYTES, atStart);
    CpuCache.of(small.keys()).write(499, new float[WIDTH], 0);
    assertEquals(atStart, held.get());
  }

  @Test
  void sourcesAreReadAsTheyWereWrittenThoughTheirKeysAreTransposed() {
    KeyValueCache sources = CpuCache.ofSources(new Shape(80, WIDTH), 3, bytesHeld);
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
