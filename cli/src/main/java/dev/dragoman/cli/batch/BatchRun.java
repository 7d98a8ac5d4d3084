// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.batch;

import static dev.dragoman.cli.console.PlainText.format;

import dev.dragoman.Translator;
import dev.dragoman.batch.BatchJob;
import dev.dragoman.batch.BatchListener;
import dev.dragoman.batch.BatchStatus;
import dev.dragoman.batch.TranslationMemory;
import dev.dragoman.cli.console.CommandFailure;
import dev.dragoman.cli.console.Console;
import dev.dragoman.cli.console.ErrorReports;
import dev.dragoman.cli.console.ExitCode;
import dev.dragoman.cli.console.Interruption;
import dev.dragoman.cli.console.Verbosity;
import dev.dragoman.lines.TranslationStore;
import dev.dragoman.pipeline.OrderedPipeline;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Runs a batch job before the user's eyes, and says how it ended. */
final class BatchRun {
  private final Console console;
  private final Verbosity verbosity;
  private final BatchReportOptions reports;
  private final BatchMessages messages;
  private final Map<String, String> facts;
  private final Duration grace;

  /**
   * Prepares to run.
   *
   * @param facts for the report
   * @param grace for lines that are being translated when a signal comes
   */
  BatchRun(
      Console console,
      Verbosity verbosity,
      BatchReportOptions reports,
      Map<String, String> facts,
      Duration grace) {
    this.console = console;
    this.verbosity = verbosity;
    this.reports = reports;
    this.messages = new BatchMessages(console, verbosity);
    this.facts = new LinkedHashMap<>(facts);
    this.grace = grace;
  }

  /** Returns what is told about single lines. */
  BatchListener listener() {
    return messages;
  }

  /** A translation memory, or none. */
  record Memory(TranslationStore store, Optional<TranslationMemory> open) implements AutoCloseable {

    static Memory open(Optional<Path> file, Map<String, String> settings) throws IOException {
      if (file.isEmpty()) {
        return new Memory(TranslationStore.none(), Optional.empty());
      }
      TranslationMemory memory = TranslationMemory.open(file.get(), settings);
      return new Memory(memory, Optional.of(memory));
    }

    @Override
    public void close() throws IOException {
      if (open.isPresent()) {
        open.get().close();
      }
    }
  }

  /**
   * Runs to the end.
   *
   * @return the exit code
   */
  int run(BatchJob job, Translator translator, BatchJob.Setup setup) throws IOException {
    facts.put("engine", translator.description());
    OrderedPipeline.End end;
    try (BatchMonitor monitor =
        new BatchMonitor(
            job, translator, new BatchBar(console, verbosity), job.sampler(reports.metrics()))) {
      monitor.start();
      end = Interruption.during(() -> job.run(setup), () -> interrupted(job), console);
    } catch (IOException | RuntimeException e) {
      job.copyErrors(reports.errors());
      throw new CommandFailure(ErrorReports.describe(e) + "; " + safe(job), e);
    }
    messages.end();
    return end == OrderedPipeline.End.COMPLETE ? conclude(job) : ExitCode.OK;
  }

  private String interrupted(BatchJob job) throws InterruptedException {
    try {
      job.stop(grace);
      job.copyErrors(reports.errors());
      return safe(job);
    } catch (IOException e) {
      return "what was safe before is safe: " + ErrorReports.describe(e);
    }
  }

  private static String safe(BatchJob job) throws IOException {
    BatchStatus status = job.stored();
    return format(
        "%,d of %,d lines are safe, and the same command goes on from there",
        status.recordsDone(), status.records());
  }

  /**
   * Says what a finished job is.
   *
   * @return the exit code
   */
  int conclude(BatchJob job) throws IOException {
    BatchStatus status = job.stored();
    job.copyErrors(reports.errors());
    if (reports.report().isPresent()) {
      job.report(reports.report().get(), facts);
    }
    if (verbosity != Verbosity.QUIET) {
      console.message("dragoman: " + summary(job, status));
    }
    return status.failures() > 0 ? ExitCode.LINES_FAILED : ExitCode.OK;
  }

  private static String summary(BatchJob job, BatchStatus status) {
    StringBuilder text = new StringBuilder();
    text.append(
        format(
            "%,d line%s of %,d file%s done in %s, %s",
            status.recordsDone(),
            status.recordsDone() == 1 ? "" : "s",
            status.files(),
            status.files() == 1 ? "" : "s",
            job.path(),
            BatchBar.time(status.statistics().seconds())));
    count(text, status.statistics().repeated(), "repeated");
    count(text, status.statistics().remembered(), "from the memory");
    count(text, status.failures(), "not translated");
    return text.toString();
  }

  private static void count(StringBuilder text, long count, String what) {
    if (count > 0) {
      text.append(format(", %,d %s", count, what));
    }
  }
}
