// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.models;

import static dev.dragoman.cli.console.PlainText.format;

import dev.dragoman.cli.console.Console;
import dev.dragoman.cli.console.LastLine;
import dev.dragoman.cli.console.Verbosity;
import dev.dragoman.hub.DownloadListener;
import dev.dragoman.hub.HubFile;
import dev.dragoman.hub.HubModel;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import me.tongfei.progressbar.ProgressBar;

/** Shows a download: a bar of bytes on a terminal, and else what there is to do. */
final class DownloadBar implements DownloadListener, AutoCloseable {
  private static final int MEGABYTE = 1_000_000;

  private final Console console;
  private final Verbosity verbosity;
  private final Map<String, Long> here = new HashMap<>();
  private ProgressBar bar;

  DownloadBar(Console console, Verbosity verbosity) {
    this.console = console;
    this.verbosity = verbosity;
  }

  /** Notes that the model is known, and how large it is. */
  void begin(HubModel model) {
    if (verbosity == Verbosity.QUIET) {
      return;
    }
    console.message(
        format(
            "dragoman: %s at %.8s: %d files, %,.1f MB",
            model.name(), model.commit(), model.files().size(), (double) model.bytes() / MEGABYTE));
    if (console.terminals().contains(Console.Stream.ERR)) {
      bar =
          new LastLine(console)
              .bar("downloading")
              .setInitialMax(model.bytes())
              .setUnit(" MB", MEGABYTE)
              .showSpeed()
              .build();
    }
  }

  @Override
  public void at(HubFile file, long bytes) {
    here.put(file.name(), bytes);
    if (bar != null) {
      bar.stepTo(here.values().stream().mapToLong(Long::longValue).sum());
      bar.setExtraMessage(file.name());
    }
  }

  @Override
  public void retrying(String reason, Duration pause) {
    if (verbosity != Verbosity.QUIET) {
      console.message("dragoman: %s; trying again in %d s".formatted(reason, pause.toSeconds()));
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      new LastLine(console).end(bar);
      bar = null;
    }
  }
}
