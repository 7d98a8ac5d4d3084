// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

/**
 * A few queries that are attended together, with the weights and the contexts of all their heads.
 * Filled again and again.
 */
final class QueryBlock {
  /** Queries at most: so many share each key and value that is loaded. */
  static final int MOST = 4;

  final int heads;
  final int headWidth;
  final int width;

  /** The factor 1/√d_k. */
  final float scale;

  /** The queries, one after the other. */
  final float[] queries;

  /** The sums of values that they attend to, query after query. */
  final float[] contexts;

  /** Scores, then weights; those of a query and a head begin at {@link #weights(int, int)}. */
  float[] weights = new float[0];

  /** Queries that are there. */
  int count;

  /** The keys that they see have the weights from here on. */
  int first;

  /** The end of those weights, exclusive. */
  int end;

  private int room;

  QueryBlock(int heads, int width) {
    this.heads = heads;
    this.width = width;
    this.headWidth = width / heads;
    this.scale = (float) (1 / Math.sqrt(headWidth));
    this.queries = new float[MOST * width];
    this.contexts = new float[MOST * width];
  }

  /** Makes room for the weights of so many keys. */
  void reserve(int keys) {
    if (keys > room) {
      room = VectorMath.padded(keys);
      weights = new float[heads * MOST * room];
    }
  }

  /** Returns where a head of a query, or of its context, begins. */
  int part(int query, int head) {
    return query * width + head * headWidth;
  }

  /** Returns where the weights of a query and a head begin. */
  int weights(int query, int head) {
    return (head * MOST + query) * room;
  }
}
