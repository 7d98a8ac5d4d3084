// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.lines;

import dev.dragoman.Translation;
import java.util.Optional;

/** Keeps translations for longer than a run. */
public interface TranslationStore {

  /** Returns what is known of a line. Called by the thread that reads. */
  Optional<Translation> find(String text);

  /** Takes a new translation. Called by the thread that writes. */
  void add(String text, Translation translation);

  /** Makes a store that keeps nothing. */
  static TranslationStore none() {
    return new TranslationStore() {
      @Override
      public Optional<Translation> find(String text) {
        return Optional.empty();
      }

      @Override
      public void add(String text, Translation translation) {
        // This store keeps nothing.
      }
    };
  }
}
