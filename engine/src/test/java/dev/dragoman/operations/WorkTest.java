// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dragoman.device.DataType;
import dev.dragoman.device.Limits;
import org.junit.jupiter.api.Test;

/**
 * The least time of an operation, against the floors of the design, which were computed by hand.
 */
class WorkTest {
  /** One H200: 4.3 TB/s, 790 TFLOP/s. */
  private static final Limits H200 = new Limits(790e12, 4.3e12, "test");

  private static final Types TYPES = new Types(DataType.F16, DataType.F32);

  private static final Sizes STEP =
      new Sizes(new Sizes.Network(512, 8, 2048, 58_101), new Sizes.Batch(512, 4, 13, 25, 2048));

  @Test
  void productsMeetTheArithmeticLimit() {
    Work words = LinearCase.OPERATION.at(STEP).work(TYPES);
    assertEquals(122e9, words.operations(), 1e9);
    assertEquals(Work.Bound.ARITHMETIC, words.bound(H200));
    assertEquals(154e-6, words.floor(H200), 1e-6);
    Work feedForward = FeedForwardCase.OPERATION.at(STEP).work(TYPES);
    assertEquals(8.6e9, feedForward.operations(), 0.1e9);
    assertEquals(11e-6, feedForward.floor(H200), 0.2e-6);
  }

  @Test
  void whatOnlyMovesMeetsTheMemoryLimit() {
    Work search = AdvanceCase.OPERATION.at(STEP).work(TYPES);
    assertEquals(476e6, search.bytes(), 1e6);
    assertEquals(Work.Bound.MEMORY, search.bound(H200));
    assertEquals(110e-6, search.floor(H200), 1e-6);
    Work past = PastAttentionCase.OPERATION.at(STEP).work(TYPES);
    assertEquals(54e6, past.operations(), 1e6);
    assertEquals(Work.Bound.MEMORY, past.bound(H200));
  }
}
