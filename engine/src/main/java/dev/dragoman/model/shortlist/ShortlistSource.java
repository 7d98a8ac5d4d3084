// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.shortlist;

import java.nio.file.Path;

/**
 * Which words a translation may have: all, or those that a lexical shortlist gives for the words of
 * its source.
 */
public sealed interface ShortlistSource {
  /** All words. */
  ShortlistSource NONE = Known.NONE;

  /** The shortlist that the model brings. */
  ShortlistSource OF_MODEL = Known.OF_MODEL;

  /** Returns a shortlist in a file of CTranslate2's or Marian's. */
  static ShortlistSource in(Path file) {
    return new InFile(file);
  }

  /** The sources {@link #NONE} and {@link #OF_MODEL}. */
  enum Known implements ShortlistSource {
    NONE,
    OF_MODEL
  }

  /** The source that {@link #in} makes. */
  record InFile(Path file) implements ShortlistSource {}
}
