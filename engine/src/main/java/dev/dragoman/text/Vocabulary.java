// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.text;

import java.util.Map;

/** The pieces of one language and their ids. Immutable. */
public final class Vocabulary {

  private final Map<String, Integer> ids;
  private final String[] pieces;

  /**
   * Checks the ids and takes a copy.
   *
   * @param ids each piece's id
   * @param size rows of the model's embedding; ids are smaller
   * @throws IllegalArgumentException if an id is outside the model or stands for two pieces
   */
  public Vocabulary(Map<String, Integer> ids, int size) {
    this.ids = Map.copyOf(ids);
    this.pieces = new String[size];
    this.ids.forEach(this::place);
  }

  private void place(String piece, int id) {
    if (id < 0 || id >= pieces.length) {
      throw new IllegalArgumentException(
          "piece %s has id %d, but the model has %d words".formatted(piece, id, pieces.length));
    }
    if (pieces[id] != null) {
      throw new IllegalArgumentException(
          "id %d stands for both %s and %s".formatted(id, pieces[id], piece));
    }
    pieces[id] = piece;
  }

  /** Returns each piece's id. */
  public Map<String, Integer> ids() {
    return ids;
  }

  /** Returns the number of words of the model, those without a piece counted. */
  public int size() {
    return pieces.length;
  }

  /** Says whether the piece has an id. */
  public boolean contains(String piece) {
    return ids.containsKey(piece);
  }

  /** Returns the piece's id, or {@code otherwise} if it has none. */
  public int id(String piece, int otherwise) {
    return ids.getOrDefault(piece, otherwise);
  }

  /**
   * Returns the piece of an id, which is empty where the model has a word that the vocabulary does
   * not name.
   */
  public String piece(int id) {
    return pieces[id] == null ? "" : pieces[id];
  }
}
