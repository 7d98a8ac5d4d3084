// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

final class InterruptionTest {

  @Test
  void theUserIsToldWhatIsLeft() {
    assertEquals("dragoman: interrupted; 7 lines are safe\n", said(() -> "7 lines are safe"));
    assertEquals("", said(() -> ""));
  }

  @Test
  void anEndingThatFailsSaysWhy() {
    Interruption.Ending full =
        () -> {
          throw new IOException("the disk is full");
        };
    assertEquals("dragoman: interrupted; the disk is full\n", said(full));
  }

  @Test
  void anEndingThatIsInterruptedSaysSo() {
    Interruption.Ending interrupted =
        () -> {
          throw new InterruptedException();
        };
    assertEquals(
        "dragoman: interrupted while the work was being saved; what was saved before is kept\n",
        said(interrupted));
    assertTrue(Thread.interrupted(), "the thread stays interrupted");
  }

  private static String said(Interruption.Ending ending) {
    TestConsole streams = new TestConsole();
    Interruption.end(ending, streams.console());
    return streams.err();
  }
}
