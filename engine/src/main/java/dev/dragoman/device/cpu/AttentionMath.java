// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

/**
 * The inner loops of attention, for all heads of a {@link QueryBlock}. {@link ScalarAttention} is
 * the plain form and the reference.
 */
interface AttentionMath {

  /**
   * Weights {@code column} to column + {@link Blocks#SIZE} - 1 ← the scores of all queries with a
   * block of keys, whose numbers stand dimension by dimension.
   *
   * @param at where the block begins in {@code keys}
   */
  void scores(QueryBlock block, float[] keys, int at, int column);

  /**
   * Weights 0 to rows.count - 1 ← the scores of one query with these keys, whose numbers stand key
   * by key.
   */
  void scores(QueryBlock block, int query, float[] keys, KeyRows rows);

  /**
   * Computes the softmax: the weights of the keys that the block sees ← their softmax, scaled by
   * 1/√d_k, for each query and head; others in the same vectors ← 0.
   */
  void softmax(QueryBlock block);

  /**
   * Adds up values: the contexts of all queries ← the sums of these values, row t with weight first
   * + t.
   */
  default void weightedSums(QueryBlock block, float[] values, KeyRows rows) {
    for (int query = 0; query < block.count; query++) {
      weightedSum(block, query, values, rows);
    }
  }

  /** Sums up the context of one query. */
  void weightedSum(QueryBlock block, int query, float[] values, KeyRows rows);

  /**
   * Computes the weights of all queries for {@code length} positions of a source or a sentence.
   *
   * @param keys dimension by dimension
   * @param start the first of the positions
   */
  default void weigh(QueryBlock block, CpuCache keys, int start, int length) {
    int blocks = (start % Blocks.SIZE + length + Blocks.SIZE - 1) / Blocks.SIZE;
    block.reserve(blocks * Blocks.SIZE);
    block.first = start % Blocks.SIZE;
    block.end = block.first + length;
    for (int i = 0; i < blocks && length > 0; i++) {
      scores(block, keys.numbers(), keys.offsetOfBlock(start / Blocks.SIZE + i), i * Blocks.SIZE);
    }
    softmax(block);
  }
}
