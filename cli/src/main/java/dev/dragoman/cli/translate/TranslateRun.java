// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.translate;

import dev.dragoman.Translation;
import dev.dragoman.cli.console.CommandFailure;
import dev.dragoman.cli.console.ErrorReports;
import dev.dragoman.cli.files.InputLine;
import dev.dragoman.cli.files.InputLines;
import dev.dragoman.cli.files.Output;
import dev.dragoman.pipeline.OrderedPipeline;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Lines in, translated lines out, in order.
 *
 * @param lines what to translate
 * @param format how a translation is written
 * @param output where to
 * @param report told about every line
 * @param bar shown to the user
 */
record TranslateRun(
    InputLines lines, LineFormat format, Output output, LineReport report, TranslationBar bar) {
  private static final long FLUSH_NANOS = 200_000_000;

  /**
   * Translates everything.
   *
   * @throws CommandFailure if the run cannot go on; it says how many lines are safe
   */
  Totals translate(Function<String, CompletableFuture<Translation>> translator) {
    try {
      Totals totals = translateAll(translator);
      output.complete();
      return totals;
    } catch (IOException e) {
      throw failure(output.name() + ": " + ErrorReports.describe(e), e);
    } catch (RuntimeException | Error e) {
      throw failure(ErrorReports.describe(e), e);
    }
  }

  private Totals translateAll(Function<String, CompletableFuture<Translation>> translator)
      throws IOException {
    try (OrderedPipeline<InputLine, Translation> pipeline =
        OrderedPipeline.start(lines, translator, OrderedPipeline.CHARACTERS)) {
      Writer writer = new Writer(pipeline);
      pipeline.forEach(line -> writer.write(line.origin(), line.result().orElseThrow()));
      return writer.totals();
    } catch (RuntimeException | Error e) {
      output.flush(); // keeps the lines before the one that could not be had
      throw e;
    }
  }

  /** Counts and writes one line after the other. */
  private final class Writer {
    private final OrderedPipeline<InputLine, Translation> pipeline;
    private final long start = System.nanoTime();
    private long flushed = start;
    private long count;
    private long tokens;

    Writer(OrderedPipeline<InputLine, Translation> pipeline) {
      this.pipeline = pipeline;
    }

    void write(InputLine line, Translation translation) throws IOException {
      report.add(line, translation);
      output.write(join(format.lines(count, translation), line.terminator()));
      count++;
      tokens += translation.targetTokens();
      long now = System.nanoTime();
      // A line that was typed comes back at once, not when a buffer is full.
      if (pipeline.underWay() == 0 || now - flushed > FLUSH_NANOS) {
        output.flush();
        flushed = now;
      }
      bar.show(totals());
    }

    Totals totals() {
      return new Totals(count, tokens, Duration.ofNanos(System.nanoTime() - start));
    }
  }

  private CommandFailure failure(String reason, Throwable cause) {
    try {
      String kept = output.abandon();
      return new CommandFailure(kept.isEmpty() ? reason : reason + "; " + kept, cause);
    } catch (IOException e) {
      cause.addSuppressed(e);
      return new CommandFailure(reason, cause);
    }
  }

  /**
   * Joins texts; after a line without a terminator, which is the last, the usual one separates
   * them.
   */
  private static String join(List<String> texts, String terminator) {
    String separator = terminator.isEmpty() ? "\n" : terminator;
    return String.join(separator, texts) + terminator;
  }
}
