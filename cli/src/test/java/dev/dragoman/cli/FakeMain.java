package dev.dragoman.cli;

import dev.dragoman.Translation;
import dev.dragoman.TranslationOptions;
import dev.dragoman.cli.LanguageOptions.Languages;
import dev.dragoman.model.Model;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The command line on the fake backend in a process of its own, which can be killed. {@code
 * -Dfake.lines.per.millisecond} slows it down; 0 does not. A line {@code slow} takes an hour, and
 * so does the second attempt at {@code !slow}.
 */
final class FakeMain {
  private FakeMain() {}

  public static void main(String[] args) {
    PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
    Console console = new Console(InputStream.nullInputStream(), System.out, err, Set.of(), 80);
    int pace = Integer.getInteger("fake.lines.per.millisecond", 0);
    System.exit(
        Main.run(args, console, new Slow(pace), Optional.of(Path.of(args[args.length - 1]))));
  }

  private record Slow(int pace) implements Backend {
    @Override
    public TextTranslator load(Path model, Languages languages, TranslationOptions options) {
      TextTranslator fast = new FakeBackend().load(model, languages, options);
      return new TextTranslator() {
        private int attempts;
        private long count;

        @Override
        public Stream<Translation> translate(Stream<String> texts) {
          return fast.translate(texts.peek(this::delay));
        }

        private void delay(String text) {
          attempts += text.equals("!slow") ? 1 : 0;
          if (text.equals("slow") || attempts == 2) {
            System.err.println("a slow line");
            sleep(3_600_000);
          }
          count++;
          if (pace > 0 && count % pace == 0) {
            sleep(1);
          }
        }

        private void sleep(long milliseconds) {
          try {
            Thread.sleep(milliseconds);
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
        public Load load() {
          return fast.load();
        }

        @Override
        public void close() {
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
