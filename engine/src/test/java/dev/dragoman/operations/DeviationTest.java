// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.operations;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class DeviationTest {
  @Test
  void whatIsNotANumberIsTheWorst() {
    Deviation notANumber = new Deviation(Double.NaN, "x");
    assertFalse(notANumber.agrees());
    assertFalse(Deviation.NONE.or(notANumber).agrees());
    assertSame(notANumber, new Deviation(9, "y").or(notANumber));
  }

  @Test
  void whatIsAllowedAgrees() {
    assertTrue(Deviation.NONE.or(new Deviation(1, "x")).agrees());
    assertFalse(Deviation.NONE.or(new Deviation(1.01, "x")).agrees());
  }
}
