package dev.dragoman.cli.lines;

import dev.dragoman.Translation;

/** Finds lines that need not be translated again. */
public interface KnownLines {

  /** The line's result, new if it is not known. Called by the thread that reads. */
  SharedResult find(String text);

  /** Takes a new translation. Called by the thread that writes. */
  void add(String text, Translation translation);

  /** Knows nothing: every line is translated. */
  static KnownLines none() {
    return new KnownLines() {
      @Override
      public SharedResult find(String text) {
        return SharedResult.pending(text);
      }

      @Override
      public void add(String text, Translation translation) {
        // nothing is kept
      }
    };
  }
}
