// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli;

import dev.dragoman.TranslationOptions;
import dev.dragoman.Translator;
import dev.dragoman.cli.console.Console;
import dev.dragoman.cli.console.Logging;
import dev.dragoman.cli.options.Backend;
import dev.dragoman.cli.options.LanguageOptions.Languages;
import dev.dragoman.model.Model;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * The command line on the fake backend in a process of its own, which can be killed. {@code
 * -Dfake.microseconds.per.line} slows it down. A line {@code slow} takes an hour, and so does the
 * second attempt at {@code !slow}, and every line after as many as {@code -Dfake.most.lines} says.
 * A line {@code gate} waits until there is the file that {@code -Dfake.gate} names.
 */
public final class FakeMain {
  private FakeMain() {}

  public static void main(String[] args) {
    Logging.install();
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
   * A backend whose translators take their time.
   *
   * @param perLine what each line takes
   * @param most lines in a time that a test can wait for
   * @param gate the file that a line may wait for
   */
  private record Slow(Duration perLine, long most, Path gate) implements Backend {
    @Override
    public Translator load(Path model, Languages languages, TranslationOptions options) {
      Translator fast = new FakeBackend().load(model, languages, options);
      return new SlowTranslator(fast, perLine, most, gate);
    }

    @Override
    public Model open(Path model) {
      throw new UnsupportedOperationException();
    }
  }
}
