package dev.dragoman.device.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.dragoman.device.KeyValueCache;
import dev.dragoman.device.Shape;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On vectors attention is what it is in plain loops with sums in double. */
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
    KeyValueCache sources = CpuCache.ofSources(shape, heads, new AtomicLong());
    KeyValueCache past = CpuCache.ofPast(shape, heads, new AtomicLong());
    fill(sources);
    fill(past);
    for (int queries = 1; queries <= QueryBlock.MOST; queries++) {
      for (int length : LENGTHS) {
        for (int start : new int[] {0, 16, 5}) {
          check(new SourceAttending(sources, start, length), queries, shape, heads);
        }
        check(new PastAttending(past, length), queries, shape, heads);
      }
    }
  }

  private interface Attending {
    void run(AttentionMath math, QueryBlock block);
  }

  private record SourceAttending(KeyValueCache cache, int start, int length) implements Attending {
    @Override
    public void run(AttentionMath math, QueryBlock block) {
      CpuCache values = CpuCache.of(cache.values());
      math.weigh(block, CpuCache.of(cache.keys()), start, length);
      math.weightedSums(block, values.numbers(), rows(values, start, length));
    }
  }

  private record PastAttending(KeyValueCache cache, int length) implements Attending {
    @Override
    public void run(AttentionMath math, QueryBlock block) {
      CpuCache values = CpuCache.of(cache.values());
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

  private static void check(Attending attending, int queries, Shape shape, int heads) {
    QueryBlock expected = block(queries, shape.columns(), heads);
    QueryBlock actual = block(queries, shape.columns(), heads);
    attending.run(new ScalarAttention(), expected);
    attending.run(new SimdAttention(), actual);
    assertArrayEquals(expected.contexts, actual.contexts, 2e-5f, queries + " of " + attending);
  }

  private static QueryBlock block(int queries, int width, int heads) {
    QueryBlock block = new QueryBlock(heads, width);
    Random random = new Random(queries);
    block.count = queries;
    for (int i = 0; i < queries * width; i++) {
      block.queries[i] = (float) random.nextGaussian();
    }
    return block;
  }

  private static void fill(KeyValueCache cache) {
    Random random = new Random(3);
    float[] row = new float[cache.keys().shape().columns()];
    for (int position = 0; position < POSITIONS; position++) {
      for (CpuCache numbers :
          new CpuCache[] {CpuCache.of(cache.keys()), CpuCache.of(cache.values())}) {
        for (int i = 0; i < row.length; i++) {
          row[i] = (float) random.nextGaussian();
        }
        numbers.write(position, row, 0);
      }
    }
  }
}
