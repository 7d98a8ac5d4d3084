package dev.dragoman.cli;

import dev.dragoman.Translation;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Lines in, translated lines out, in order.
 *
 * @param lines what to translate
 * @param format how a translation is written
 * @param output where to
 * @param report told about every line
 * @param progress shown to the user
 */
record TranslationJob(
    InputLines lines, LineFormat format, Output output, LineReport report, Progress progress) {
  private static final long FLUSH_NANOS = 200_000_000;

  /**
   * Translates everything.
   *
   * @throws CommandFailure if the job cannot go on; it says how many lines are safe
   */
  Totals run(TextTranslator translator) {
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

  private Totals translateAll(TextTranslator translator) throws IOException {
    long start = System.nanoTime();
    long flushed = start;
    long count = 0;
    long tokens = 0;
    try (Stream<Translation> translations = translator.translate(lines.texts())) {
      for (Iterator<Translation> i = translations.iterator(); i.hasNext(); ) {
        Translation translation = i.next();
        InputLine line = lines.take();
        report.add(line, translation);
        output.write(join(format.lines(count, translation), line.terminator()));
        count++;
        tokens += translation.targetTokens();
        long now = System.nanoTime();
        // A line that was typed comes back at once, not when a buffer is full.
        if (lines.isCaughtUp() || now - flushed > FLUSH_NANOS) {
          output.flush();
          flushed = now;
        }
        progress.show(new Totals(count, tokens, Duration.ofNanos(now - start)));
      }
    }
    return new Totals(count, tokens, Duration.ofNanos(System.nanoTime() - start));
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

  /** A line without a terminator is the last; before it the usual one separates. */
  private static String join(List<String> texts, String terminator) {
    String separator = terminator.isEmpty() ? "\n" : terminator;
    return String.join(separator, texts) + terminator;
  }
}
