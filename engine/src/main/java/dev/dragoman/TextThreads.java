package dev.dragoman;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
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

  /** Waits for a result; what its making threw is thrown here as it was. */
  static <T> T await(CompletableFuture<T> result) throws InterruptedException {
    try {
      return result.get();
    } catch (ExecutionException e) {
      throw unchecked(e.getCause());
    }
  }

  private static RuntimeException unchecked(Throwable problem) {
    if (problem instanceof CompletionException wrapper && wrapper.getCause() != null) {
      return unchecked(wrapper.getCause());
    }
    if (problem instanceof Error error) {
      throw error;
    }
    return problem instanceof RuntimeException e ? e : new IllegalStateException(problem);
  }

  /** What has been given is still done. */
  @Override
  public void close() {
    threads.shutdown();
  }
}
