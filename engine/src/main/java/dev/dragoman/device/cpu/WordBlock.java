// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

/** Rows of x, some words, and the products of each with each. Filled again and again. */
final class WordBlock {
  /** Words at most. */
  static final int MOST = 256;

  final WordRows weights;

  /** The rows of x, as far apart as the words' weights, with zeros between. */
  final float[] x;

  /** The product of row r and the j-th word at r·{@link #MOST} + j. */
  final float[] out;

  int rows;
  int[] words = new int[0];

  /** The words stand in {@link #words} from here on. */
  int first;

  int count;

  WordBlock(WordRows weights, int mostRows) {
    this.weights = weights;
    this.x = new float[mostRows * weights.stride()];
    this.out = new float[mostRows * MOST];
  }
}
