package dev.dragoman.cli;

import dev.dragoman.cli.batch.BatchJob;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.LoggerFactory;

/** Ends a batch job well when a signal ends the program: within ten seconds, ready to go on. */
final class BatchInterruption {
  private static final Duration PATIENCE = Duration.ofSeconds(8);

  private BatchInterruption() {}

  /** What a job does. */
  interface Work<T> {
    T run() throws IOException;
  }

  /** What is said and left when it is stopped. */
  interface Farewell {
    void say() throws IOException;
  }

  /** Works; a signal in the meantime stops the job. */
  static <T> T during(Work<T> work, Farewell farewell, BatchJob job) throws IOException {
    Thread hook = new Thread(() -> stop(farewell, job), "batch interruption");
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

  private static void stop(Farewell farewell, BatchJob job) {
    try {
      job.stop(PATIENCE);
      farewell.say();
    } catch (IOException e) {
      LoggerFactory.getLogger(BatchInterruption.class)
          .error("interrupted; what was safe before is safe: {}", ErrorReports.describe(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
