// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.cli.console.Console;
import dev.dragoman.cli.console.TestConsole;
import dev.dragoman.cli.console.Verbosity;
import java.time.Duration;
import java.util.Iterator;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class ReadingBarTest {
  private static final long MEGABYTE = 1_000_000;

  private final TestConsole streams = new TestConsole();

  private ReadingBar begunBefore(
      Duration time, Set<Console.Stream> terminals, Verbosity verbosity) {
    Iterator<Long> times =
        LongStream.concat(LongStream.of(0), LongStream.generate(time::toNanos)).iterator();
    return new ReadingBar(streams.console(terminals), verbosity, times::next);
  }

  private String said() {
    return streams.err();
  }

  @Test
  void aLineAMinuteWithoutATerminal() {
    try (ReadingBar bar = begunBefore(Duration.ofMinutes(10), Set.of(), Verbosity.NORMAL)) {
      bar.read(5_000 * MEGABYTE, 20_000 * MEGABYTE);
      bar.read(5_001 * MEGABYTE, 20_000 * MEGABYTE);
    }
    assertEquals(
        "dragoman: reading the inputs, 5,000 of 20,000 MB, 30 min left\n",
        said().replace(System.lineSeparator(), "\n"));
  }

  @Test
  void aBarOnATerminalThatIsGoneAfterwards() {
    try (ReadingBar bar =
        begunBefore(Duration.ofSeconds(3), Set.of(Console.Stream.ERR), Verbosity.NORMAL)) {
      bar.read(5 * MEGABYTE, 20 * MEGABYTE);
    }
    assertTrue(said().contains("reading"), said());
    assertTrue(said().contains("5/20 MB"), said());
    assertTrue(said().endsWith("\r\u001b[K"), said());
  }

  @Test
  void nothingWhenItIsQuickOrQuiet() {
    try (ReadingBar quick =
        begunBefore(Duration.ZERO, Set.of(Console.Stream.ERR), Verbosity.NORMAL)) {
      quick.read(1, 2);
    }
    try (ReadingBar quiet =
        begunBefore(Duration.ofHours(1), Set.of(Console.Stream.ERR), Verbosity.QUIET)) {
      quiet.read(1, 2);
    }
    assertEquals("", said());
  }
}
