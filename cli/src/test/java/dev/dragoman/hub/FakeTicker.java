// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.hub;

import java.time.Duration;

/** A time that stands still unless a test lets it pass. */
final class FakeTicker implements Ticker {
  private long now;
  private Runnable watching;

  @Override
  public synchronized long nanoTime() {
    return now;
  }

  @Override
  public synchronized Repetition every(Duration period, Runnable task) {
    watching = task;
    notifyAll();
    return () -> end(task);
  }

  private synchronized void end(Runnable task) {
    watching = watching == task ? null : watching;
    notifyAll();
  }

  /** Waits for something that is done again and again, and lets time pass until that has ended. */
  synchronized void passUntilGivenUp(Duration time) throws InterruptedException {
    while (watching == null) {
      wait();
    }
    Runnable task = watching;
    while (watching == task) {
      now += time.toNanos() + 1;
      task.run();
      wait(1); // what was on its way may still have come
    }
  }
}
