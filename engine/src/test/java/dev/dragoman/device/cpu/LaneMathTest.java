// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dragoman.device.HostTensor;
import dev.dragoman.device.Shape;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Each loop gives the bits of the vectors, on sizes that fill the lanes and on others. */
@Tag("processor")
final class LaneMathTest {
  private static final int[] SIZES = {1, 7, 16, 63, 64, 65, 128, 200, 1001};

  private final Random random = new Random(1);
  private VectorMath vectors;
  private VectorMath loops;

  @BeforeEach
  void needVectors() {
    assumeTrue(VectorMath.obstacle().isEmpty(), () -> "skipped: " + VectorMath.obstacle().get());
    vectors = new SimdMath();
    loops = new LaneMath(SimdMath.bits() / Float.SIZE);
  }

  private float[] numbers(int count) {
    float[] numbers = new float[count + VectorMath.PADDING];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) (4 * random.nextGaussian());
    }
    return numbers;
  }

  /** A computation that changes the numbers it is given. */
  private interface InPlace {
    void apply(VectorMath math, float[] numbers);
  }

  private void assertSame(InPlace computation, int size) {
    float[] expected = numbers(size);
    float[] actual = expected.clone();
    computation.apply(vectors, expected);
    computation.apply(loops, actual);
    assertArrayEquals(expected, actual, () -> size + " numbers");
  }

  @Test
  void sumsOfRowsAreTheSame() {
    for (int size : SIZES) {
      float[] others = numbers(size);
      assertSame((math, x) -> math.add(x, 0, others, size), size);
      assertSame((math, x) -> math.scaleAdd(x, 0.3f, others, size), size);
    }
  }

  @Test
  void normsAreTheSame() {
    for (int size : SIZES) {
      var norm = new VectorMath.Norm(numbers(size), numbers(size), 1e-5f, size);
      assertSame((math, x) -> math.normalize(x, norm), size);
    }
  }

  @Test
  void productsWithWordsAreTheSame() {
    WordRows weights = new WordRows(HostTensor.of("words", new Shape(30, 40), matrix(30 * 40)));
    for (int rows = 1; rows <= 6; rows++) {
      WordBlock block = new WordBlock(weights, rows);
      block.rows = rows;
      block.words = new int[] {9, 3, 4, 29, 0, 12, 13};
      block.first = 1;
      block.count = 5;
      System.arraycopy(numbers(block.x.length), 0, block.x, 0, block.x.length);
      vectors.multiply(block);
      float[] expected = block.out.clone();
      loops.multiply(block);
      assertArrayEquals(expected, block.out);
    }
  }

  private float[] matrix(int count) {
    float[] numbers = new float[count];
    System.arraycopy(numbers(count), 0, numbers, 0, count);
    return numbers;
  }

  @Test
  void integersAreTheSame() {
    for (int size : SIZES) {
      float[] x = numbers(size);
      float most = vectors.magnitude(x, size);
      assertEquals(most, loops.magnitude(x, size));
      byte[] expected = new byte[size];
      byte[] actual = new byte[size];
      for (float scale : new float[] {0, 0.5f, 127 / most}) {
        for (int offset : new int[] {0, 64, 128}) {
          vectors.quantize(x, size, scale, offset, expected);
          loops.quantize(x, size, scale, offset, actual);
          assertArrayEquals(expected, actual);
        }
      }
    }
  }

  @Test
  void theSearchIsTheSame() {
    for (int size : SIZES) {
      float[] x = numbers(size);
      x[size / 2] = x[0];
      Best expected = new Best(8);
      Best actual = new Best(8);
      vectors.best(x, size, 5, expected);
      loops.best(x, size, 5, actual);
      assertEquals(expected.size(), actual.size());
      for (int rank = 0; rank < expected.size(); rank++) {
        assertEquals(expected.value(rank), actual.value(rank));
        assertEquals(expected.index(rank), actual.index(rank));
      }
      assertEquals(
          vectors.sumExp(x, size, expected.value(0)), loops.sumExp(x, size, actual.value(0)));
    }
  }

  @Test
  void whatIsNoNumberStaysNone() {
    float[] x = numbers(100);
    x[17] = Float.NaN;
    assertTrue(Float.isNaN(loops.magnitude(x, 100)));
    assertTrue(Float.isNaN(loops.sumExp(x, 100, 3)));
    assertEquals(vectors.sumExp(x, 100, 3), loops.sumExp(x, 100, 3));
  }
}
