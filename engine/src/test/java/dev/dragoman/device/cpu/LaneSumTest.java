// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("processor")
class LaneSumTest {
  /** The runs after which Java's compiler has long compiled the sum. */
  private static final int OFTEN = 200_000;

  @Test
  void aSumHasTheSameBitsBeforeAndAfterItIsCompiled() {
    Assumptions.assumeTrue(
        VectorMath.obstacle().isEmpty(), () -> "skipped: " + VectorMath.obstacle().get());
    Random random = new Random(1);
    float[] numbers = new float[FloatVector.SPECIES_PREFERRED.length()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    float first = sum(numbers);
    double exact = IntStream.range(0, numbers.length).mapToDouble(i -> numbers[i]).sum();
    assertEquals(exact, first, 1e-5);
    for (int i = 0; i < OFTEN; i++) {
      assertEquals(first, sum(numbers));
    }
  }

  @Test
  void fourSumsAtOnceHaveTheBitsOfEach() {
    Assumptions.assumeTrue(
        VectorMath.obstacle().isEmpty(), () -> "skipped: " + VectorMath.obstacle().get());
    Random random = new Random(2);
    int lanes = FloatVector.SPECIES_PREFERRED.length();
    FloatVector[] vectors = new FloatVector[4];
    float[] numbers = new float[lanes];
    for (int i = 0; i < vectors.length; i++) {
      for (int lane = 0; lane < lanes; lane++) {
        numbers[lane] = (float) random.nextGaussian();
      }
      vectors[i] = FloatVector.fromArray(FloatVector.SPECIES_PREFERRED, numbers, 0);
    }
    float[] sums = LaneSum.ofFour(vectors[0], vectors[1], vectors[2], vectors[3]).toArray();
    assertEquals(LaneSum.of(vectors[0]), sums[0]);
    assertEquals(LaneSum.of(vectors[1]), sums[lanes / 2]);
    assertEquals(LaneSum.of(vectors[2]), sums[lanes / 4]);
    assertEquals(LaneSum.of(vectors[3]), sums[lanes / 2 + lanes / 4]);
  }

  private static float sum(float[] numbers) {
    return LaneSum.of(FloatVector.fromArray(FloatVector.SPECIES_PREFERRED, numbers, 0));
  }
}
