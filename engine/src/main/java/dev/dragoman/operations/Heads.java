// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.operations;

/**
 * The heads of an attention.
 *
 * @param count h
 * @param size d_k
 */
record Heads(int count, int size) {

  /** Returns the heads of a Transformer of these sizes. */
  static Heads of(Sizes sizes) {
    int heads = sizes.network().heads();
    return new Heads(heads, sizes.network().width() / heads);
  }

  /** Returns the columns of all heads together. */
  int width() {
    return count * size;
  }

  @Override
  public String toString() {
    return count + " heads of " + size;
  }
}
