// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Test;

/** What counts as near. */
class ToleranceTest {
  private static final RealMatrix REFERENCE = Reference.matrix(new float[] {1, -2, 0, 100}, 2, 2);
  private final Tolerance tolerance = new Tolerance(0.5, 0.01);

  @Test
  void theFarthestNumberIsNamedWithItsShareOfWhatIsAllowed() {
    Deviation deviation = tolerance.deviation(REFERENCE, new float[] {1, -2.26f, 0, 100.75f}, 1);
    assertEquals(0.5, deviation.share(), 1e-6); // 0.75 of 0.5 + 0.01 · 100; 0.26 of 0.52 is less
    assertTrue(deviation.where().startsWith("row 1, column 1 is 100.75"), deviation.where());
    assertTrue(deviation.agrees());
  }

  @Test
  void longSumsMayBeFartherAway() {
    float[] actual = {1, -2, 0, 102.9f};
    assertFalse(tolerance.deviation(REFERENCE, actual, 16).agrees());
    assertTrue(tolerance.deviation(REFERENCE, actual, 64).agrees()); // the root of 64 / 16 is 2
  }

  @Test
  void whatIsNoNumberNeverAgrees() {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      Deviation deviation = tolerance.deviation(REFERENCE, new float[] {1, bad, 0, 100}, 1);
      assertFalse(deviation.agrees());
      assertTrue(deviation.where().startsWith("row 0, column 1"), deviation.where());
    }
  }

  @Test
  void aCheckThatFailsSaysWhatAndWhere() {
    DisagreementException failure =
        assertThrows(
            DisagreementException.class,
            () -> tolerance.check("sum", REFERENCE, new float[] {9, -2, 0, 100}, 1));
    assertTrue(failure.getMessage().startsWith("sum: row 0, column 0 is 9.0, not 1.0"));
  }

  @Test
  void anotherNumberOfNumbersIsAMistake() {
    assertThrows(
        IllegalArgumentException.class,
        () -> tolerance.deviation(REFERENCE, new float[] {1, -2}, 1));
  }
}
