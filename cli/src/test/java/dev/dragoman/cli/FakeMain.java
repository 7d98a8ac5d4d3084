package dev.dragoman.cli;

import dev.dragoman.Translation;
import dev.dragoman.TranslationOptions;
import dev.dragoman.Translator;
import dev.dragoman.cli.console.Console;
import dev.dragoman.cli.options.Backend;
import dev.dragoman.cli.options.LanguageOptions.Languages;
import dev.dragoman.model.Model;
import dev.dragoman.pipeline.EngineStatus;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/**
 * The command line on the fake backend in a process of its own, which can be killed. {@code
 * -Dfake.microseconds.per.line} slows it down. A line {@code slow} takes an hour, and so does the
 * second attempt at {@code !slow}, and every line after as many as {@code -Dfake.most.lines} says.
 * A line {@code gate} waits until there is the file that {@code -Dfake.gate} names.
 */
final class FakeMain {
  private FakeMain() {}

  public static void main(String[] args) {
    PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
    Console console = new Console(InputStream.nullInputStream(), System.out, err, Set.of(), 80);
    Slow backend =
        new Slow(
            Duration.ofNanos(1_000 * Long.getLong("fake.microseconds.per.line", 0)),
            Long.getLong("fake.most.lines", Long.MAX_VALUE),
            Path.of(System.getProperty("fake.gate", "/")));
    System.exit(Main.run(args, console, backend, Optional.of(Path.of(args[args.length - 1]))));
  }

  /**
   * Takes its time.
   *
   * @param most lines in a time that a test can wait for
   * @param gate what a line may wait for
   */
  private record Slow(Duration perLine, long most, Path gate) implements Backend {
    @Override
    public Translator load(Path model, Languages languages, TranslationOptions options) {
      Translator fast = new FakeBackend().load(model, languages, options);
      return new Translator() {
        private final ExecutorService worker =
            Executors.newSingleThreadExecutor(
                work -> {
                  Thread thread = new Thread(work, "fake worker");
                  thread.setDaemon(true);
                  return thread;
                });
        private final Semaphore permits = new Semaphore(LINES_PER_SLOT);
        private int attempts;
        private long count;
        private Duration owed = Duration.ZERO;

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

        private void sleep(Duration time) {
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
      };
    }

    @Override
    public Model open(Path model) {
      throw new UnsupportedOperationException();
    }
  }
}
