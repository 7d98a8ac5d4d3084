// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.batch;

import static dev.dragoman.cli.console.PlainText.format;

import dev.dragoman.Translation;
import dev.dragoman.batch.BatchPlan;
import dev.dragoman.batch.Shard;
import dev.dragoman.cli.console.Console;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** What a job would do, and about how long it would take. */
final class BatchEstimate {
  private static final Duration SAMPLE = Duration.ofSeconds(5);

  private final Console console;

  BatchEstimate(Console console) {
    this.console = console;
  }

  /**
   * Lists inputs and outputs and translates for some seconds.
   *
   * @param engine what translates, in words
   */
  void show(
      BatchPlan plan,
      Shard shard,
      Function<String, CompletableFuture<Translation>> translator,
      String engine)
      throws IOException {
    StringBuilder table = new StringBuilder();
    List<BatchPlan.Row> rows = plan.rows(shard);
    for (BatchPlan.Row row : rows) {
      table.append(format("%,12d lines  %s -> %s%n", row.records(), row.input(), row.output()));
    }
    double rate = plan.measure(shard, translator, SAMPLE);
    long records = rows.stream().mapToLong(BatchPlan.Row::records).sum();
    table.append(
        format(
            "%,12d lines of %,d files, about %s at %,.1f lines/s, %s%n",
            records, rows.size(), BatchBar.time(records / Math.max(rate, 1e-9)), rate, engine));
    console.out().write(table.toString().getBytes(StandardCharsets.UTF_8));
  }
}
