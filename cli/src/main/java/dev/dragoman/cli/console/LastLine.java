// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.console;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;

/** The terminal's last line, drawn again and again. */
public record LastLine(Console console) implements ProgressBarConsumer {

  /** Returns the beginning of a bar there, in the style of all bars. */
  public ProgressBarBuilder bar(String task) {
    return new ProgressBarBuilder()
        .setTaskName(task)
        .setStyle(ProgressBarStyle.COLORFUL_UNICODE_BLOCK)
        .setUpdateIntervalMillis(200)
        .setConsumer(this)
        .clearDisplayOnFinish();
  }

  /** Ends a bar. The library leaves one there that ends before it is drawn a second time. */
  public void end(ProgressBar bar) {
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
