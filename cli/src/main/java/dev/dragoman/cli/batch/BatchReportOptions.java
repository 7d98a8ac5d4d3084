// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.batch;

import dev.dragoman.cli.console.CommandFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** The options of a batch job that say what is told about it. */
final class BatchReportOptions {

  @Option(
      names = "--errors",
      paramLabel = "FILE",
      description =
          "Write every line that could not be translated there, as JSON Lines: file, line, reason"
              + " and text. A shard adds its name to FILE's.")
  private Path errors;

  @Option(
      names = "--metrics",
      paramLabel = "FILE",
      description =
          "Append throughput, queues, memory and hits there, as JSON Lines, every second of the"
              + " first minute and then every ten.")
  private Path metrics;

  @Option(
      names = "--report",
      paramLabel = "FILE.html",
      description = "Write a page with plots at the end: a single file for any browser.")
  private Path report;

  /**
   * Looks whether they can be written, so that nobody hears it when the work is done.
   *
   * @throws CommandFailure naming the one that cannot
   */
  void check() {
    Stream.of(errors, metrics, report).filter(Objects::nonNull).forEach(BatchReportOptions::check);
  }

  private static void check(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (Files.isDirectory(file)) {
      throw new CommandFailure(file + ": is a folder");
    }
    if (!Files.exists(file) && !Files.isDirectory(folder)) {
      throw new CommandFailure(file + ": there is no folder " + folder);
    }
    if (!Files.isWritable(Files.exists(file) ? file : folder)) {
      throw new CommandFailure(file + ": permission denied");
    }
  }

  /** Returns the file for failed lines. */
  Optional<Path> errors() {
    return Optional.ofNullable(errors);
  }

  /** Returns the file for metrics. */
  Optional<Path> metrics() {
    return Optional.ofNullable(metrics);
  }

  /** Returns the file of the page. */
  Optional<Path> report() {
    return Optional.ofNullable(report);
  }
}
