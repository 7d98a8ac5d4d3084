package dev.dragoman.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A progress bar, on a terminal, for jobs that take longer than a moment. */
final class Progress implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Progress.class);
  private static final Duration MOMENT = Duration.ofSeconds(1);

  private final Console console;
  private final List<Input> inputs;
  private final Visibility visibility;
  private ProgressBar bar;
  private long shownAt;

  Progress(Console console, List<Input> inputs, Visibility visibility) {
    this.console = console;
    this.inputs = inputs;
    this.visibility = visibility;
  }

  /** Whether there is a bar. */
  enum Visibility {
    SHOWN,
    HIDDEN
  }

  /** Shows how far the job is. */
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
  private void countLines(ProgressBar of) {
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
                of.maxHint(lines);
              } catch (IOException e) {
                LOG.debug("no time left is shown", e);
              }
            },
            "line counter");
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

  /** The terminal's last line, drawn again and again. */
  record LastLine(Console console) implements ProgressBarConsumer {

    /** The beginning of a bar there, in the style of all of them. */
    ProgressBarBuilder bar(String task) {
      return new ProgressBarBuilder()
          .setTaskName(task)
          .setStyle(ProgressBarStyle.COLORFUL_UNICODE_BLOCK)
          .setUpdateIntervalMillis(200)
          .setConsumer(this)
          .clearDisplayOnFinish();
    }

    /** Ends a bar. The library leaves one there that ends before it is drawn a second time. */
    void end(ProgressBar bar) {
      bar.close();
      clear();
    }

    @Override
    public int getMaxRenderedLength() {
      return console.columns() - 1;
    }

    @Override
    public void accept(String rendered) {
      console.err().print("\r\u001b[K" + rendered);
    }

    @Override
    public void clear() {
      console.err().print("\r\u001b[K");
    }

    @Override
    public void close() {
      console.err().flush();
    }
  }
}
