// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.batch;

import java.util.List;
import java.util.Optional;

/**
 * One record of an input: a line of text, or of a table, or a JSON object.
 *
 * @param line number of the line where it begins, from 1
 * @param size characters that it keeps in memory, nearly
 * @param texts what is to be translated, none for a header and for what is broken
 * @param layout what stands around it
 * @param malformed places that were not UTF-8 and are read as U+FFFD
 * @param problem why nothing of it can be translated
 */
record InputRecord(
    long line,
    int size,
    List<String> texts,
    Layout layout,
    int malformed,
    Optional<String> problem) {

  /** Puts translations where the texts were. */
  interface Layout {
    /**
     * Returns the bytes of the record.
     *
     * @param translations one for each text
     */
    byte[] bytes(List<String> translations);
  }

  /** Returns a record that stays as it is. */
  static InputRecord untouched(long line, byte[] bytes) {
    return new InputRecord(
        line, bytes.length, List.of(), translations -> bytes, 0, Optional.empty());
  }

  /** Returns a record that stays as it is because it cannot be read. */
  static InputRecord broken(long line, byte[] bytes, String problem) {
    return new InputRecord(
        line, bytes.length, List.of(), translations -> bytes, 0, Optional.of(problem));
  }
}
