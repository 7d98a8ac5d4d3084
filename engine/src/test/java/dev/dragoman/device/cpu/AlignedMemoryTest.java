// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AlignedMemoryTest {
  @ParameterizedTest
  @ValueSource(longs = {0, 1, 63, 64, 4096, 1_000_000})
  void beginsAtACacheLineWhateverItsSize(long bytes) {
    for (int i = 0; i < 20; i++) { // malloc gives other places each time
      try (AlignedMemory memory = AlignedMemory.bytes(bytes)) {
        assertEquals(0, memory.bytes().address() % 64);
        assertEquals(bytes, memory.size());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100})
  void isOnePieceUnderAllItsNames(int numbers) {
    try (AlignedMemory memory = AlignedMemory.words(numbers)) {
      assertEquals(0, memory.floats().get(numbers - 1));
      memory.floatBuffer().put(numbers - 1, 1);
      assertEquals(1, memory.floats().get(numbers - 1));
      assertEquals(0x3f, memory.byteBuffer().get(4 * numbers - 1));
    }
  }
}
