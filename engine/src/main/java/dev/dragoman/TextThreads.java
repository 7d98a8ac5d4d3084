// SPDX-License-Identifier: Apache-2.0
package dev.dragoman;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that turn text into tokens and hypotheses into text, as many as there are cores: a
 * fast device needs more of both than one thread gives. What they are given never waits, so they
 * serve first what came first.
 */
final class TextThreads implements Executor, AutoCloseable {
  private static final long IDLE_SECONDS = 10;

  private final ThreadPoolExecutor threads;

  TextThreads() {
    int count = Runtime.getRuntime().availableProcessors();
    AtomicInteger started = new AtomicInteger();
    threads =
        new ThreadPoolExecutor(
            count,
            count,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> {
              Thread thread = new Thread(work, "dragoman-text-" + started.getAndIncrement());
              thread.setDaemon(true);
              return thread;
            },
            (work, closed) -> work.run()); // what comes after the end finds the engine closed
    threads.allowCoreThreadTimeOut(true);
  }

  @Override
  public void execute(Runnable work) {
    threads.execute(work);
  }

  /** Lets the threads end; what has been given to them is still done. */
  @Override
  public void close() {
    threads.shutdown();
  }
}
