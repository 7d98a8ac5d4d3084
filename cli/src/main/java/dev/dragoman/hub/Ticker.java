// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.hub;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A clock that also repeats tasks; with another one a test need not wait for time to pass. */
interface Ticker {

  /** Returns the time as {@link System#nanoTime} does. */
  long nanoTime();

  /** Runs a task again and again until what is returned is closed. */
  Repetition every(Duration period, Runnable task);

  /** A task that is run again and again. */
  interface Repetition extends AutoCloseable {
    @Override
    void close();
  }

  /** Returns the machine's time, with a thread for each repetition. */
  static Ticker system() {
    return new Ticker() {
      @Override
      public long nanoTime() {
        return System.nanoTime();
      }

      @Override
      public Repetition every(Duration period, Runnable task) {
        ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                work -> {
                  Thread thread = new Thread(work, "dragoman-download-watch");
                  thread.setDaemon(true);
                  return thread;
                });
        long nanos = Math.max(1, period.toNanos());
        var unused = timer.scheduleWithFixedDelay(task, nanos, nanos, TimeUnit.NANOSECONDS);
        return timer::shutdownNow;
      }
    };
  }
}
