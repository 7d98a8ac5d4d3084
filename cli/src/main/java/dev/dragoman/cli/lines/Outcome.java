package dev.dragoman.cli.lines;

import dev.dragoman.Translation;

/**
 * What became of a line.
 *
 * @param text its source
 * @param waited nanoseconds for which everything after it had to wait
 */
public record Outcome(String text, Translation translation, Origin origin, long waited) {

  /** Where the translation came from. */
  public enum Origin {
    /** The model. */
    TRANSLATED,
    /** The same line earlier in this run. */
    REPEATED,
    /** A translation memory. */
    REMEMBERED
  }
}
