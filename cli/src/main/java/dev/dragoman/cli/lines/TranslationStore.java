package dev.dragoman.cli.lines;

import dev.dragoman.Translation;
import java.util.Optional;

/** Keeps translations for longer than a run. */
public interface TranslationStore {

  /** What is known of a line. Called by the thread that reads. */
  Optional<Translation> find(String text);

  /** Takes a new translation. Called by the thread that writes. */
  void add(String text, Translation translation);

  /** Keeps nothing. */
  static TranslationStore none() {
    return new TranslationStore() {
      @Override
      public Optional<Translation> find(String text) {
        return Optional.empty();
      }

      @Override
      public void add(String text, Translation translation) {
        // nothing is kept
      }
    };
  }
}
