// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.translate;

import dev.dragoman.cli.console.Console;
import dev.dragoman.cli.console.LastLine;
import dev.dragoman.cli.files.Input;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import me.tongfei.progressbar.ProgressBar;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A progress bar, on a terminal, for runs that take longer than a moment. */
final class TranslationBar implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TranslationBar.class);
  private static final Duration MOMENT = Duration.ofSeconds(1);

  private final Console console;
  private final List<Input> inputs;
  private final Visibility visibility;
  private ProgressBar bar;
  private long shownAt;

  TranslationBar(Console console, List<Input> inputs, Visibility visibility) {
    this.console = console;
    this.inputs = inputs;
    this.visibility = visibility;
  }

  /** Whether there is a bar. */
  enum Visibility {
    SHOWN,
    HIDDEN
  }

  /** Shows how far the run is. */
  void show(Totals totals) {
    if (visibility == Visibility.HIDDEN || totals.time().compareTo(MOMENT) < 0) {
      return;
    }
    if (bar == null) {
      bar = start(totals);
      countLines(bar);
    }
    bar.stepTo(totals.lines());
    long tenths = totals.time().toMillis() / 100;
    if (tenths != shownAt) {
      shownAt = tenths;
      bar.setExtraMessage(" " + totals.rates());
    }
  }

  private ProgressBar start(Totals totals) {
    return new LastLine(console)
        .bar("translating")
        .setInitialMax(-1)
        .setUnit(" lines", 1)
        .startsFrom(totals.lines(), totals.time())
        .build();
  }

  /** Counts newlines beside the translation; until then, and for pipes, the end is unknown. */
  private void countLines(ProgressBar counted) {
    Thread counter =
        new Thread(
            () -> {
              try {
                long lines = 0;
                for (Input input : inputs) {
                  if (!Files.isRegularFile(input.onDisk())) {
                    return;
                  }
                  lines += newlines(input.onDisk());
                }
                counted.maxHint(lines);
              } catch (IOException e) {
                LOG.debug("no time left is shown", e);
              }
            },
            "dragoman-line-counter");
    counter.setDaemon(true);
    counter.start();
  }

  private static long newlines(Path file) throws IOException {
    long count = 0;
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      int length = in.read(buffer);
      while (length >= 0) {
        for (int i = 0; i < length; i++) {
          count += buffer[i] == '\n' ? 1 : 0;
        }
        length = in.read(buffer);
      }
    }
    return count;
  }

  @Override
  public void close() {
    if (bar != null) {
      new LastLine(console).end(bar);
    }
  }
}
