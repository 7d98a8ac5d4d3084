// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.hub;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes a stream that has given nothing for some time, so that its reader does not wait on. */
final class IdleTimeout implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(IdleTimeout.class);

  private final Ticker ticker;
  private final AtomicLong last;
  private final Ticker.Repetition watch;

  IdleTimeout(InputStream stream, Duration limit, Ticker ticker) {
    this.ticker = ticker;
    this.last = new AtomicLong(ticker.nanoTime());
    this.watch = ticker.every(limit.dividedBy(4), () -> check(stream, limit));
  }

  private void check(InputStream stream, Duration limit) {
    if (ticker.nanoTime() - last.get() > limit.toNanos()) {
      try {
        stream.close();
      } catch (IOException e) {
        log.debug("a connection that stalled does not close", e);
      }
    }
  }

  /** Notes that something came. */
  void alive() {
    last.set(ticker.nanoTime());
  }

  @Override
  public void close() {
    watch.close();
  }
}
