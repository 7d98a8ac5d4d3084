// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.bench;

import static dev.dragoman.cli.console.PlainText.format;

import dev.dragoman.cli.console.Machine;
import dev.dragoman.cli.console.Version;
import org.apache.commons.math3.stat.descriptive.DescriptiveStatistics;

/** The table of a benchmark, which begins with what it ran on. */
final class BenchTable {
  private final StringBuilder text = new StringBuilder();
  private final String name;

  /**
   * Begins with the program and the machine.
   *
   * @param width of the names of numbers
   */
  BenchTable(int width) {
    name = "%-" + width + "s";
    fact("program", Version.text());
    Machine.describe().forEach(this::fact);
  }

  /** Adds a fact in words. */
  void fact(String fact, String value) {
    line("%-21s %s", fact, value);
  }

  /** Adds an empty line and the heads of the columns of {@link #numbers}. */
  void head(String unit) {
    line("%n" + name + "%12s%12s%12s", unit, "median", "least", "most");
  }

  /** Adds the median, the least and the most of all runs. */
  void numbers(String what, DescriptiveStatistics numbers) {
    line(
        name + "%12.1f%12.1f%12.1f",
        what,
        numbers.getPercentile(50),
        numbers.getMin(),
        numbers.getMax());
  }

  /** Adds a number that was measured once. */
  void number(String what, double number) {
    line(name + "%12.1f", what, number);
  }

  /** Adds a line of its own form. */
  void line(String form, Object... arguments) {
    text.append(format(form + "%n", arguments));
  }

  /** Returns the whole table. */
  String text() {
    return text.toString();
  }
}
