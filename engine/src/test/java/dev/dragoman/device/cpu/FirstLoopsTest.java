// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.dragoman.device.DataType;
import dev.dragoman.device.KeyValueCache;
import dev.dragoman.device.Shape;
import dev.dragoman.device.Volume;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("processor")
class FirstLoopsTest {
  private static final int COUNT = 1000;

  /** Plain loops with sums in double stand for the vectors, so that bits tell which was taken. */
  private final VectorMath loops = new LaneMath(4);

  private final VectorMath vectors = new ScalarMath();
  private final FirstLoops first = new FirstLoops(loops, vectors, 10 * COUNT);
  private final float[] numbers = new float[COUNT];

  FirstLoopsTest() {
    for (int i = 0; i < COUNT; i++) {
      numbers[i] = (i * 37 % 101) / 9f;
    }
  }

  @Test
  void theVectorsTakeOverWhenThereHasBeenMuchToDo() {
    float early = loops.sumExp(numbers, COUNT, 12);
    float late = vectors.sumExp(numbers, COUNT, 12);
    assertNotEquals(early, late);
    AttentionMath attention = first.attention();
    float[] contextsAtFirst = contexts(attention);
    for (int i = 0; i <= 10; i++) {
      assertEquals(early, first.sumExp(numbers, COUNT, 12));
    }
    assertEquals(late, first.sumExp(numbers, COUNT, 12));
    assertEquals(contexts(loops.attention())[0], contextsAtFirst[0]);
    assertEquals(contexts(vectors.attention())[0], contexts(attention)[0]);
  }

  /** Returns what one query of one head attends to. */
  private float[] contexts(AttentionMath math) {
    Shape shape = new Shape(Blocks.SIZE, 100);
    HeadFormat format = new PlainHeads(100, math);
    KeyValueCache cache = CpuCache.ofSources(shape, format, new AtomicLong());
    CpuCache values = CpuCache.of(cache.values());
    KeyRows rows = new KeyRows();
    rows.clear(Blocks.SIZE, values.headStride());
    for (int position = 0; position < Blocks.SIZE; position++) {
      CpuCache.of(cache.keys()).write(position, numbers, position * 10);
      values.write(position, numbers, position * 20);
      rows.add(values.offset(position));
    }
    QueryBlock block = new QueryBlock(1, 100);
    block.count = 1;
    System.arraycopy(numbers, 0, block.queries, 0, 100);
    math.weigh(block, CpuCache.of(cache.keys()), 0, Blocks.SIZE);
    math.weightedSums(block, values.numbers(), rows);
    return block.contexts;
  }

  @Test
  void manyLinesBeginWithVectors() {
    Assumptions.assumeTrue(
        VectorMath.obstacle().isEmpty(), () -> "skipped: " + VectorMath.obstacle().get());
    assertInstanceOf(SimdMath.class, VectorMath.forA(Volume.MANY_LINES));
    assertInstanceOf(FirstLoops.class, VectorMath.forA(Volume.UNKNOWN));
    assertInstanceOf(FirstLoops.class, VectorMath.forA(Volume.FEW_LINES));
  }

  @Test
  void aFewLinesTakeLessMemory() {
    try (CpuDevice few = CpuDevice.open(DataType.F32, Volume.FEW_LINES);
        CpuDevice many = CpuDevice.open(DataType.F32, Volume.MANY_LINES)) {
      assertEquals(4 * few.capacity().rows(), many.capacity().rows());
    }
  }

  /** Java may have been told not to compile for so little, and then runs vectors very slowly. */
  @Test
  void aFewLinesNeverComeToVectors() {
    Assumptions.assumeTrue(
        VectorMath.obstacle().isEmpty(), () -> "skipped: " + VectorMath.obstacle().get());
    assertEquals(Long.MAX_VALUE, ((FirstLoops) VectorMath.forA(Volume.FEW_LINES)).most());
    assertEquals(FirstLoops.LOGITS, ((FirstLoops) VectorMath.forA(Volume.UNKNOWN)).most());
  }
}
