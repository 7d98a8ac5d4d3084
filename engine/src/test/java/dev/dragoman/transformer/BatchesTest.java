package dev.dragoman.transformer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchesTest {

  @Test
  void aStepHasFewSizesAndFewRowsForNothing() {
    Set<Integer> sizes =
        IntStream.rangeClosed(1, 2048).mapToObj(Batches::filled).collect(Collectors.toSet());
    assertEquals(3 + 32 + 3 * 16, sizes.size(), sizes.toString()); // 1, 2, 4; to 256; to 2,048
    for (int rows = 1; rows <= 2048; rows++) {
      int size = Batches.filled(rows);
      assertTrue(size >= rows, rows + " rows");
      assertTrue(size - rows < Math.max(8, rows / 16.0), rows + " rows in " + size);
      assertEquals(size, Batches.filled(size));
    }
  }
}
