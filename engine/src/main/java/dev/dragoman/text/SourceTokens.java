// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.text;

import java.util.List;

/**
 * How the pieces of a source text become its token ids.
 *
 * @param vocabulary the pieces and their ids
 * @param before ids that every source begins with
 * @param after ids that every source ends with, most often the end token
 * @param unknown the id of pieces that the vocabulary lacks
 */
public record SourceTokens(
    Vocabulary vocabulary, List<Integer> before, List<Integer> after, int unknown) {

  /** Takes copies. */
  public SourceTokens {
    before = List.copyOf(before);
    after = List.copyOf(after);
  }

  /** Returns which of such ids stand for pieces. */
  Tokenizer.Span pieces(int[] ids) {
    return new Tokenizer.Span(
        before.size(), Math.max(0, ids.length - before.size() - after.size()));
  }

  /** Returns the ids of these pieces and what stands around them; an empty array for no piece. */
  int[] ids(List<String> pieces) {
    if (pieces.isEmpty()) {
      return new int[0];
    }
    int[] ids = new int[before.size() + pieces.size() + after.size()];
    int next = 0;
    for (int id : before) {
      ids[next++] = id;
    }
    for (String piece : pieces) {
      ids[next++] = vocabulary.id(piece, unknown);
    }
    for (int id : after) {
      ids[next++] = id;
    }
    return ids;
  }
}
