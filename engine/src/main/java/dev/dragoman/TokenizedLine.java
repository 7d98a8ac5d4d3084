// SPDX-License-Identifier: Apache-2.0
package dev.dragoman;

import java.util.List;
import java.util.Optional;

/**
 * A line that has been cut into tokens.
 *
 * @param parts token ids of the sentences it was split into, most often one; none for a line
 *     without any token
 * @param note what the user should know
 * @param failure why it is not translated at all
 */
record TokenizedLine(List<int[]> parts, Optional<String> note, Optional<String> failure) {

  /** Makes a line that can be translated. */
  static TokenizedLine of(List<int[]> parts, Optional<String> note) {
    return new TokenizedLine(parts, note, Optional.empty());
  }

  /** Counts the tokens of all parts. */
  int tokens() {
    return parts.stream().mapToInt(part -> part.length).sum();
  }
}
