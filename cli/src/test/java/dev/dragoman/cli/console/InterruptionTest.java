// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
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
        "dragoman: interrupted; the ending was, too: what was safe before is safe\n",
        said(interrupted));
    assertTrue(Thread.interrupted(), "the thread stays interrupted");
  }

  private static String said(Interruption.Ending ending) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream messages = new PrintStream(err, true, StandardCharsets.UTF_8);
    Interruption.end(
        ending,
        new Console(
            InputStream.nullInputStream(),
            OutputStream.nullOutputStream(),
            messages,
            Set.of(),
            80));
    return err.toString(StandardCharsets.UTF_8);
  }
}
