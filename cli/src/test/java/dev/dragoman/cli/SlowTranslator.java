// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli;

import dev.dragoman.Translation;
import dev.dragoman.Translator;
import dev.dragoman.pipeline.EngineStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/** Another translator, slowed down in the ways that {@link FakeMain} tells. */
final class SlowTranslator implements Translator {
  private final Translator fast;
  private final Duration perLine;
  private final long most;
  private final Path gate;
  private final ExecutorService worker = Executors.newSingleThreadExecutor(SlowTranslator::thread);
  private final Semaphore permits = new Semaphore(LINES_PER_SLOT);
  private int attempts;
  private long count;
  private Duration owed = Duration.ZERO;

  /**
   * Slows a translator down.
   *
   * @param perLine what each line takes
   * @param most lines in a time that a test can wait for
   * @param gate the file that a line may wait for
   */
  SlowTranslator(Translator fast, Duration perLine, long most, Path gate) {
    this.fast = fast;
    this.perLine = perLine;
    this.most = most;
    this.gate = gate;
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "fake worker");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public CompletableFuture<Translation> submit(String line) {
    permits.acquireUninterruptibly();
    return CompletableFuture.supplyAsync(() -> translateLate(line), worker)
        .whenComplete((translation, problem) -> permits.release());
  }

  private Translation translateLate(String line) {
    delay(line);
    return fast.translate(line);
  }

  private void delay(String text) {
    attempts += text.equals("!slow") ? 1 : 0;
    count++;
    if (text.equals("slow") || attempts == 2 || count > most) {
      System.err.println("a slow line");
      sleep(Duration.ofHours(1));
    }
    if (text.equals("gate")) {
      System.err.println("at the gate");
      while (!Files.exists(gate)) {
        sleep(Duration.ofMillis(1));
      }
    }
    owed = owed.plus(perLine);
    if (owed.toMillis() > 0) {
      sleep(owed);
      owed = Duration.ZERO;
    }
  }

  private static void sleep(Duration time) {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String description() {
    return fast.description();
  }

  @Override
  public String arithmetic() {
    return fast.arithmetic();
  }

  @Override
  public EngineStatus status() {
    return fast.status();
  }

  @Override
  public void close() {
    worker.shutdownNow();
    fast.close();
  }
}
