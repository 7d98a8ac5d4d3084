// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli;

import dev.dragoman.Translation;
import dev.dragoman.Translation.Hypothesis;
import dev.dragoman.TranslationOptions;
import dev.dragoman.Translator;
import dev.dragoman.cli.options.Backend;
import dev.dragoman.cli.options.LanguageOptions.Languages;
import dev.dragoman.model.Model;
import dev.dragoman.model.ModelFormatException;
import dev.dragoman.pipeline.Activity;
import dev.dragoman.pipeline.EngineStatus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * "Translates" to upper case. Lines that begin with {@code !} fail, with {@code ?} have a note, and
 * {@code die} ends the whole job.
 */
public final class FakeBackend implements Backend {
  private final List<TranslationOptions> loaded = new ArrayList<>();
  private final AtomicLong translated = new AtomicLong();
  private boolean statusIsHidden;

  /** Returns the options of every model that was loaded. */
  public List<TranslationOptions> loaded() {
    return loaded;
  }

  /** Fails from now on whenever somebody looks at what the engine does. */
  public void hideStatus() {
    statusIsHidden = true;
  }

  /** Lines that were translated so far. */
  public long translated() {
    return translated.get();
  }

  @Override
  public Translator load(Path model, Languages languages, TranslationOptions options) {
    if (model.endsWith("broken")) {
      throw new ModelFormatException(model + "/config.json: missing");
    }
    loaded.add(options);
    translated.set(0);
    return new Translator() {
      @Override
      public CompletableFuture<Translation> submit(String line) {
        translated.incrementAndGet();
        return CompletableFuture.completedFuture(
            FakeBackend.translate(line, options.search().nBest()));
      }

      @Override
      public String description() {
        return "a fake device";
      }

      @Override
      public String arithmetic() {
        return "fake";
      }

      @Override
      public EngineStatus status() {
        if (statusIsHidden) {
          throw new IllegalStateException("the fake shows nothing");
        }
        Activity nothing =
            new Activity(
                0, 0, 0, new Activity.Encoded(0, 0, 0, 0), new Activity.Decoded(0, 0, 0, 0, 0, 0));
        return new EngineStatus(1, 1, 0, 1 << 20, nothing);
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public Model open(Path model) {
    throw new ModelFormatException(model + "/config.json: missing");
  }

  private static Translation translate(String text, int count) {
    if (text.equals("die")) {
      throw new IllegalStateException("the fake died");
    }
    if (text.startsWith("!")) {
      return new Translation(List.of(), Optional.of("too strange"), Optional.empty(), 1, 0);
    }
    Optional<String> note = text.startsWith("?") ? Optional.of("was split") : Optional.empty();
    List<Hypothesis> best =
        IntStream.range(0, count)
            .mapToObj(
                rank ->
                    new Hypothesis(
                        text.toUpperCase(Locale.ROOT) + "+".repeat(rank), -0.5 - rank, List.of()))
            .toList();
    return new Translation(best, Optional.empty(), note, 2, 3);
  }
}
