// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.lines;

import dev.dragoman.Translation;

/**
 * What became of a line.
 *
 * @param text its source
 */
public record Outcome(String text, Translation translation, Origin origin) {

  /** The place that a translation came from. */
  public enum Origin {
    /** The model. */
    TRANSLATED,
    /** The same line earlier in this run. */
    REPEATED,
    /** A translation memory. */
    REMEMBERED
  }
}
