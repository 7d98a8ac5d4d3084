// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.dragoman.device.KeyValueCache;
import dev.dragoman.device.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Attention on vectors is what it is in plain loops with sums in double. */
@Tag("processor")
class SimdAttentionTest {
  private static final int POSITIONS = 80;
  private static final int[] LENGTHS = {1, 2, 3, 4, 7, 15, 16, 17, 33, 64};

  /** Heads as wide as four vectors of 128, 256 and 512 bits, wider, and such as fill none. */
  @ParameterizedTest
  @CsvSource({"4,16", "4,32", "4,64", "2,128", "3,10", "1,1", "2,40"})
  void agreesWithPlainLoops(int heads, int headWidth) {
    Assumptions.assumeTrue(
        VectorMath.obstacle().isEmpty(), () -> "skipped: " + VectorMath.obstacle().get());
    Shape shape = new Shape(POSITIONS, heads * headWidth);
    HeadFormat plain = new PlainHeads(headWidth, new ScalarAttention());
    compare(shape, plain, new PlainHeads(headWidth, new SimdAttention()), 2e-5f);
  }

  @ParameterizedTest
  @CsvSource({"4,16", "4,32", "4,64", "2,128", "3,10", "1,1", "2,40", "1,70"})
  void hasTheBitsOfLoopsOverLanes(int heads, int headWidth) {
    Assumptions.assumeTrue(
        VectorMath.obstacle().isEmpty(), () -> "skipped: " + VectorMath.obstacle().get());
    Shape shape = new Shape(POSITIONS, heads * headWidth);
    AttentionMath loops = new LaneAttention(SimdMath.bits() / Float.SIZE);
    HeadFormat vectors = new PlainHeads(headWidth, new SimdAttention());
    compare(shape, new PlainHeads(headWidth, loops), vectors, 0);
  }

  /** Heads whose halves are one vector, two, and more, of each size. */
  @ParameterizedTest
  @CsvSource({"4,32", "4,64", "2,128", "3,96"})
  void agreesWithPlainLoopsWhereNumbersAreInPairs(int heads, int headWidth) {
    Assumptions.assumeTrue(
        VectorMath.obstacle().isEmpty(), () -> "skipped: " + VectorMath.obstacle().get());
    Shape shape = new Shape(POSITIONS, heads * headWidth);
    HeadFormat plain = new PlainHeads(headWidth, new ScalarAttention());
    compare(shape, plain, new PairedHeads(headWidth, new PairedAttention()), 2e-5f);
  }

  private static void compare(Shape shape, HeadFormat plain, HeadFormat format, float tolerance) {
    List<KeyValueCache> sources = new ArrayList<>();
    List<KeyValueCache> pasts = new ArrayList<>();
    for (HeadFormat each : List.of(plain, format)) {
      sources.add(filled(CpuCache.ofSources(shape, each, new AtomicLong())));
      pasts.add(filled(CpuCache.ofPast(shape, each, new AtomicLong())));
    }
    int heads = shape.columns() / format.width();
    for (int queries = 1; queries <= QueryBlock.MOST; queries++) {
      for (int length : LENGTHS) {
        for (int start : new int[] {0, 16, 5}) {
          check(
              new SourceAttending(start, length), sources, block(queries, shape, heads), tolerance);
        }
        check(new PastAttending(length), pasts, block(queries, shape, heads), tolerance);
      }
    }
  }

  private interface Attending {
    void run(KeyValueCache cache, QueryBlock block);
  }

  private record SourceAttending(int start, int length) implements Attending {
    @Override
    public void run(KeyValueCache cache, QueryBlock block) {
      CpuCache values = CpuCache.of(cache.values());
      AttentionMath math = values.attention();
      math.weigh(block, CpuCache.of(cache.keys()), start, length);
      math.weightedSums(block, values.numbers(), rows(values, start, length));
    }
  }

  private record PastAttending(int length) implements Attending {
    @Override
    public void run(KeyValueCache cache, QueryBlock block) {
      CpuCache values = CpuCache.of(cache.values());
      AttentionMath math = values.attention();
      KeyRows seen = rows(values, 0, length);
      block.reserve(length);
      block.first = 0;
      block.end = length;
      for (int query = 0; query < block.count; query++) {
        math.scores(block, query, CpuCache.of(cache.keys()).numbers(), seen);
      }
      math.softmax(block);
      for (int query = 0; query < block.count; query++) {
        math.weightedSum(block, query, values.numbers(), seen);
      }
    }
  }

  private static KeyRows rows(CpuCache cache, int start, int length) {
    KeyRows rows = new KeyRows();
    rows.clear(length, cache.headStride());
    for (int position = start; position < start + length; position++) {
      rows.add(cache.offset(position));
    }
    return rows;
  }

  /** Checks caches, of which the first is the reference. */
  private static void check(
      Attending attending, List<KeyValueCache> caches, QueryBlock block, float tolerance) {
    attending.run(caches.get(0), block);
    float[] expected = block.contexts.clone();
    Arrays.fill(block.contexts, Float.NaN);
    attending.run(caches.get(1), block);
    int used = block.count * block.width;
    float[] actual = Arrays.copyOf(block.contexts, used);
    assertArrayEquals(
        Arrays.copyOf(expected, used), actual, tolerance, block.count + " of " + attending);
  }

  private static QueryBlock block(int queries, Shape shape, int heads) {
    int width = shape.columns();
    QueryBlock block = new QueryBlock(heads, width);
    Random random = new Random(queries);
    block.count = queries;
    for (int i = 0; i < queries * width; i++) {
      block.queries[i] = (float) random.nextGaussian();
    }
    return block;
  }

  /** Fills a cache with numbers that bfloat16 holds. */
  private static KeyValueCache filled(KeyValueCache cache) {
    Random random = new Random(3);
    float[] row = new float[cache.keys().shape().columns()];
    for (int position = 0; position < POSITIONS; position++) {
      for (CpuCache numbers :
          new CpuCache[] {CpuCache.of(cache.keys()), CpuCache.of(cache.values())}) {
        for (int i = 0; i < row.length; i++) {
          int bits = Float.floatToRawIntBits((float) random.nextGaussian());
          row[i] = Float.intBitsToFloat(bits & 0xFFFF0000);
        }
        numbers.write(position, row, 0);
      }
    }
    return cache;
  }
}
