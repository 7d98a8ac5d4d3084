// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.batch;

import dev.dragoman.Translator;
import dev.dragoman.batch.BatchJob;
import dev.dragoman.batch.BatchStatus;
import dev.dragoman.batch.Sampler;
import dev.dragoman.cli.console.ErrorReports;
import dev.dragoman.pipeline.EngineStatus;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/** Looks at a running job every second, for the user and for the metrics. */
final class BatchMonitor implements AutoCloseable {
  private final BatchJob job;
  private final Translator translator;
  private final BatchBar bar;
  private final Sampler sampler;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "dragoman-batch-monitor");
            thread.setDaemon(true);
            return thread;
          });
  private ScheduledFuture<?> looking;
  private boolean warned;

  BatchMonitor(BatchJob job, Translator translator, BatchBar bar, Sampler sampler) {
    this.job = job;
    this.translator = translator;
    this.bar = bar;
    this.sampler = sampler;
  }

  /** Begins to look. */
  void start() {
    looking = timer.scheduleAtFixedRate(this::look, 200, 1_000, TimeUnit.MILLISECONDS);
  }

  private synchronized void look() {
    try {
      Optional<BatchStatus> status = job.status();
      if (status.isPresent()) {
        bar.show(status.get());
        EngineStatus engine = translator.status();
        sampler.look(status.get(), engine.waiting(), engine.deviceBytes());
      }
    } catch (IOException | RuntimeException e) {
      warn(e); // a job does not end because nobody can look at it
    }
  }

  private void warn(Exception e) {
    if (!warned) {
      warned = true;
      LoggerFactory.getLogger(BatchMonitor.class)
          .warn("the metrics lack some seconds: {}", ErrorReports.describe(e));
    }
  }

  @Override
  public synchronized void close() {
    if (looking != null) {
      looking.cancel(false);
    }
    timer.shutdownNow();
    try (bar;
        sampler) {
      Optional<BatchStatus> status = job.status();
      if (status.isPresent()) {
        EngineStatus engine = translator.status();
        sampler.end(status.get(), engine.waiting(), engine.deviceBytes());
      }
    } catch (IOException | RuntimeException e) {
      warn(e);
    }
  }
}
