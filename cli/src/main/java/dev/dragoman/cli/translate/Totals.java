// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.translate;

import static dev.dragoman.cli.console.PlainText.format;

import java.time.Duration;

/**
 * What a run has done.
 *
 * @param lines lines translated
 * @param tokens target tokens of their best translations
 * @param time since the run began
 */
record Totals(long lines, long tokens, Duration time) {

  /** Returns {@code 1,000 lines, 14,210 tokens in 7.25 s (138 lines/s, 1,960 tokens/s)}. */
  String summary() {
    return format(
        "%,d line%s, %,d tokens in %.2f s (%s)",
        lines, lines == 1 ? "" : "s", tokens, seconds(), rates());
  }

  /** Returns {@code 138 lines/s, 1,960 tokens/s}. */
  String rates() {
    return rate(lines) + " lines/s, " + rate(tokens) + " tokens/s";
  }

  private String rate(long count) {
    double rate = count / Math.max(seconds(), 1e-3);
    return format(rate < 10 ? "%.1f" : "%,.0f", rate);
  }

  private double seconds() {
    return time.toNanos() * 1e-9;
  }
}
