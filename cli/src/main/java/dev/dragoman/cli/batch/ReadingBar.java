// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.batch;

import static dev.dragoman.cli.console.PlainText.format;

import dev.dragoman.batch.InputReadingListener;
import dev.dragoman.cli.console.Console;
import dev.dragoman.cli.console.LastLine;
import dev.dragoman.cli.console.Verbosity;
import java.time.Duration;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ProgressBar;

/** Shows how far inputs have been read, if it takes long: a bar, else one line a minute. */
final class ReadingBar implements InputReadingListener, AutoCloseable {
  private static final long MOMENT = Duration.ofSeconds(1).toNanos();
  private static final long MINUTE = Duration.ofMinutes(1).toNanos();
  private static final int MEGABYTE = 1_000_000;

  private final Console console;
  private final Verbosity verbosity;
  private final LongSupplier nanoTime;
  private final long start;
  private long logged;
  private ProgressBar bar;

  ReadingBar(Console console, Verbosity verbosity) {
    this(console, verbosity, System::nanoTime);
  }

  /**
   * Shows what begins now.
   *
   * @param nanoTime as {@link System#nanoTime}
   */
  ReadingBar(Console console, Verbosity verbosity, LongSupplier nanoTime) {
    this.console = console;
    this.verbosity = verbosity;
    this.nanoTime = nanoTime;
    this.start = nanoTime.getAsLong();
    this.logged = start;
  }

  @Override
  public synchronized void read(long bytes, long ofAll) {
    long now = nanoTime.getAsLong();
    if (verbosity == Verbosity.QUIET || now - start < MOMENT) {
      return;
    }
    if (console.terminals().contains(Console.Stream.ERR)) {
      if (bar == null) {
        bar =
            new LastLine(console)
                .bar("reading")
                .setInitialMax(ofAll)
                .setUnit(" MB", MEGABYTE)
                .showSpeed()
                .startsFrom(0, Duration.ofNanos(now - start))
                .build();
      }
      bar.stepTo(bytes);
    } else if (now - logged >= MINUTE) {
      logged = now;
      console.message(line(bytes, ofAll, (now - start) * 1e-9));
    }
  }

  private static String line(long bytes, long ofAll, double seconds) {
    return format(
        "dragoman: reading the inputs, %,d of %,d MB, %s left",
        bytes / MEGABYTE,
        ofAll / MEGABYTE,
        BatchBar.time(seconds * (ofAll - bytes) / Math.max(1, bytes)));
  }

  @Override
  public synchronized void close() {
    if (bar != null) {
      new LastLine(console).end(bar);
      bar = null;
    }
  }
}
