// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.operations;

import dev.dragoman.device.EmbeddingTable;
import dev.dragoman.device.Tensor;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * The sizes of the embeddings of words and positions.
 *
 * @param positions that have an embedding
 */
record EmbeddingSizes(int width, int vocabulary, int positions) {
  private static final float SCALE = 14.4f;

  /** Returns those of a Transformer of these sizes. */
  static EmbeddingSizes of(Sizes sizes) {
    return new EmbeddingSizes(
        sizes.network().width(), sizes.network().vocabulary(), sizes.batch().source());
  }

  /** Draws so many words, the first and the last of the vocabulary among them. */
  int[] draw(Workbench bench, int count) {
    int[] words = bench.random().ints(count, 0, vocabulary).toArray();
    words[0] = 0;
    words[count / 2] = vocabulary - 1;
    return words;
  }

  /** Returns the least work for so many tokens. */
  Work work(int tokens, Types types) {
    return Work.bytes(2.0 * tokens * width * types.activations().bytes());
  }

  /** Asks a device for the embeddings of the tokens. */
  interface Embed {
    void run(EmbeddingTable table, Tensor out);
  }

  /**
   * Returns how a device is tried.
   *
   * @param words the word of each token
   * @param places the position of each token
   */
  PreparedOperation prepare(Workbench bench, int[] words, int[] places, Embed embed) {
    float[] ofWords = bench.numbers(vocabulary * width);
    float[] ofPositions = bench.numbers(positions * width);
    EmbeddingTable table = bench.embedding(ofWords, ofPositions, width, SCALE);
    Tensor out = bench.allocate(words.length, width);
    return PreparedOperation.of(
        () -> embed.run(table, out),
        () -> {
          int[] columns = Reference.range(0, width);
          RealMatrix expected =
              Reference.matrix(ofWords, vocabulary, width)
                  .getSubMatrix(words, columns)
                  .scalarMultiply(SCALE)
                  .add(
                      Reference.matrix(ofPositions, positions, width)
                          .getSubMatrix(places, columns));
          return bench.deviation(expected, out, 1);
        });
  }
}
