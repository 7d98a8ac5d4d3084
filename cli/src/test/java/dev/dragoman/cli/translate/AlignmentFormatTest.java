// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dragoman.Translation.Attention;
import dev.dragoman.Translation.Hypothesis;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AlignmentFormatTest {
  private static final Attention SWAPPED =
      new Attention(
          List.of("a", "b", "c"),
          new float[][] {{0.1f, 0.7f, 0.1f}, {0.5f, 0.25f, 0.25f}, {0.2f, 0.6f, 0.1f}});
  private static final Attention NEXT =
      new Attention(List.of("d", "e"), new float[][] {{0.25f, 0.75f}});

  @Test
  void hardIsThePieceWithTheHighestWeightSourceFirst() {
    assertEquals("0-1 1-0 1-2", AlignmentFormat.HARD.of(hypothesis(SWAPPED)));
  }

  @Test
  void hardCountsOnThroughTheParts() {
    assertEquals("0-1 1-0 1-2 4-3", AlignmentFormat.HARD.of(hypothesis(SWAPPED, NEXT)));
  }

  @Test
  void softHasOneGroupOfWeightsForEachTargetPiece() {
    assertEquals(
        "0.100000,0.700000,0.100000 0.500000,0.250000,0.250000 0.200000,0.600000,0.100000"
            + " | 0.250000,0.750000",
        AlignmentFormat.SOFT.of(hypothesis(SWAPPED, NEXT)));
  }

  @Test
  void nothingIsAlignedWithNothing() {
    assertEquals("", AlignmentFormat.HARD.of(hypothesis()));
    assertEquals("", AlignmentFormat.SOFT.of(hypothesis()));
  }

  private static Hypothesis hypothesis(Attention... parts) {
    return new Hypothesis("x", -1, List.of("x"), List.of(parts));
  }
}
