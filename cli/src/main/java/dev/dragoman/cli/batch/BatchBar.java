// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.batch;

import static dev.dragoman.cli.console.PlainText.format;

import dev.dragoman.batch.BatchStatus;
import dev.dragoman.cli.console.Console;
import dev.dragoman.cli.console.LastLine;
import dev.dragoman.cli.console.Verbosity;
import java.time.Duration;
import me.tongfei.progressbar.ProgressBar;

/** Shows how far a batch job is: a bar on a terminal, else one line a minute. */
final class BatchBar implements AutoCloseable {
  private static final long LOG_NANOS = Duration.ofMinutes(1).toNanos();

  private final Console console;
  private final Verbosity verbosity;
  private final long start = System.nanoTime();
  private long logged = start;
  private long before = -1;
  private ProgressBar bar;

  BatchBar(Console console, Verbosity verbosity) {
    this.console = console;
    this.verbosity = verbosity;
  }

  /** Shows how far the job is. */
  void show(BatchStatus status) {
    before = before < 0 ? status.recordsDone() : before;
    if (verbosity == Verbosity.QUIET) {
      return;
    }
    if (console.terminals().contains(Console.Stream.ERR)) {
      draw(status);
    } else if (System.nanoTime() - logged >= LOG_NANOS) {
      logged = System.nanoTime();
      console.message("dragoman: " + line(status));
    }
  }

  /** Returns {@code 12,345 of 100,000 lines, 3 of 12 files, 210 lines/s, 7 min left}. */
  String line(BatchStatus status) {
    double rate = rate(status);
    String left =
        rate > 0 ? ", " + time((status.records() - status.recordsDone()) / rate) + " left" : "";
    return format(
        "%,d of %,d lines, %,d of %,d files, %,.1f lines/s%s",
        status.recordsDone(), status.records(), status.filesDone(), status.files(), rate, left);
  }

  /** Returns {@code 45 s}, {@code 12 min}, {@code 3 h 05 min}. */
  static String time(double seconds) {
    long whole = Math.round(seconds);
    if (whole < 120) {
      return whole + " s";
    }
    long minutes = (whole + 30) / 60;
    return minutes < 120 ? minutes + " min" : format("%,d h %02d min", minutes / 60, minutes % 60);
  }

  private double rate(BatchStatus status) {
    double seconds = (System.nanoTime() - start) * 1e-9;
    return (status.recordsDone() - before) / Math.max(seconds, 1e-3);
  }

  private void draw(BatchStatus status) {
    if (bar == null) {
      bar =
          new LastLine(console)
              .bar("translating")
              .setInitialMax(status.records())
              .setUnit(" lines", 1)
              .startsFrom(before, Duration.ZERO)
              .build();
    }
    bar.setExtraMessage(
        format(" %,d/%,d files, %,.1f lines/s", status.filesDone(), status.files(), rate(status)));
    bar.stepTo(status.recordsDone());
  }

  @Override
  public void close() {
    if (bar != null) {
      new LastLine(console).end(bar);
    }
  }
}
