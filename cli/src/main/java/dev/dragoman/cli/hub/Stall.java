package dev.dragoman.cli.hub;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes a stream that has given nothing for some time, so that its reader does not wait on. */
final class Stall implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Stall.class);

  private final AtomicLong last = new AtomicLong(System.nanoTime());
  private final ScheduledExecutorService timer;

  Stall(InputStream stream, Duration limit) {
    timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "download watch");
              thread.setDaemon(true);
              return thread;
            });
    long period = Math.max(1, limit.toMillis() / 4);
    var unused =
        timer.scheduleWithFixedDelay(
            () -> check(stream, limit), period, period, TimeUnit.MILLISECONDS);
  }

  private void check(InputStream stream, Duration limit) {
    if (System.nanoTime() - last.get() > limit.toNanos()) {
      try {
        stream.close();
      } catch (IOException e) {
        log.debug("a connection that stalled does not close", e);
      }
    }
  }

  /** Something came. */
  void alive() {
    last.set(System.nanoTime());
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
