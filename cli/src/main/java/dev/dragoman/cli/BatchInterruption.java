package dev.dragoman.cli;

import dev.dragoman.cli.batch.BatchJob;
import dev.dragoman.cli.batch.BatchStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import org.slf4j.LoggerFactory;

/** Ends a batch job well when a signal ends the program: within ten seconds, ready to go on. */
final class BatchInterruption {
  private static final Duration PATIENCE = Duration.ofSeconds(8);

  private BatchInterruption() {}

  /** What a job does. */
  interface Work<T> {
    T run() throws IOException;
  }

  /** Works; a signal in the meantime stops the job. */
  static <T> T during(Work<T> work, BatchJob job, Console console) throws IOException {
    Thread hook = new Thread(() -> stop(job, console), "batch interruption");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      return work.run();
    } finally {
      remove(hook);
    }
  }

  private static void remove(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) { // a signal is ending the program: the hook is at work
      LoggerFactory.getLogger(BatchInterruption.class).debug("ending already", e);
    }
  }

  private static void stop(BatchJob job, Console console) {
    String left;
    try {
      job.stop(PATIENCE);
      BatchStatus status = job.stored();
      left =
          String.format(
              Locale.ROOT,
              "%,d of %,d lines are safe; the same command goes on from there",
              status.recordsDone(),
              status.records());
    } catch (IOException e) {
      left = ErrorReports.describe(e) + "; the same command goes on from what was safe before";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    console.message("dragoman: interrupted; " + left);
  }
}
