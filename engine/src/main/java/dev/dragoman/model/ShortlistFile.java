// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model;

import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * A file with a lexical shortlist. One in a directory is not read before it is needed; one in an
 * archive, which is closed soon, is read at once.
 *
 * @param path for messages
 * @param stored its bytes as they lie there, perhaps packed by gzip
 * @param limits what is taken of one of Marian's in text
 */
public record ShortlistFile(Path path, Supplier<byte[]> stored, MarianLimits limits) {

  /**
   * What Marian takes of a shortlist in text.
   *
   * @param first so many words of the target's vocabulary, from its beginning, are in every
   *     shortlist
   * @param best the most words that a source word brings
   * @param threshold words whose probability is not greater are left out
   */
  public record MarianLimits(int first, int best, double threshold) {
    /** What Marian takes where nothing is said. */
    public static final MarianLimits USUAL = new MarianLimits(100, 100, 0);
  }
}
