// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.operations;

import java.util.List;

/**
 * The sizes of a Transformer at work, from which those of its operations follow.
 *
 * @param network of the weights
 * @param batch of what goes through them
 */
public record Sizes(Network network, Batch batch) {

  /** The sizes of a Transformer. */
  public record Network(int width, int heads, int feedForward, int vocabulary) {}

  /**
   * What is in flight.
   *
   * @param slots sentences in the decoder
   * @param beam rows of each
   * @param past tokens generated in each, at most
   * @param source tokens of each sentence
   * @param packed tokens of an encoder batch
   */
  public record Batch(int slots, int beam, int past, int source, int packed) {
    /** Returns the rows of a decoder step. */
    public int rows() {
      return slots * beam;
    }
  }

  /** Nothing is a multiple of anything. */
  public static final Sizes ODD =
      new Sizes(new Network(39, 3, 207, 1025), new Batch(3, 4, 12, 25, 207));

  /** The head size of most models. */
  public static final Sizes EVEN =
      new Sizes(new Network(256, 4, 512, 1000), new Batch(5, 2, 13, 9, 64));

  /** Wide heads, short sentences, greedy search. */
  public static final Sizes WIDE =
      new Sizes(new Network(640, 5, 256, 33), new Batch(2, 1, 5, 1, 13));

  /** Those that results are compared at. */
  static final List<Sizes> COMPARED = List.of(ODD, EVEN, WIDE);

  /** Returns Transformer-base in a full batch; what is only moved is more than caches hold. */
  public static Sizes base(int rows) {
    int beam = 4;
    int packed = Math.min(1 << 16, 256 * rows);
    return new Sizes(
        new Network(512, 8, 2048, 32_000), new Batch(rows / beam, beam, 64, 25, packed));
  }
}
