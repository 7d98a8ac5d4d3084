package dev.dragoman.doctor;

/**
 * How large the operations are.
 *
 * @param network of the weights
 * @param batch of what goes through them
 */
record Sizes(Network network, Batch batch) {

  /** The sizes of a Transformer. */
  record Network(int width, int heads, int feedForward, int vocabulary) {}

  /**
   * What is in flight.
   *
   * @param slots sentences in the decoder
   * @param beam rows of each
   * @param past tokens generated in each, at most
   * @param source tokens of each sentence
   * @param packed tokens of an encoder batch
   */
  record Batch(int slots, int beam, int past, int source, int packed) {
    /** Of a decoder step. */
    int rows() {
      return slots * beam;
    }
  }

  /** Nothing is a multiple of anything. */
  static final Sizes ODD = new Sizes(new Network(39, 3, 207, 1025), new Batch(3, 4, 12, 25, 207));

  /** The head size of most models. */
  static final Sizes EVEN = new Sizes(new Network(256, 4, 512, 1000), new Batch(5, 2, 13, 9, 64));

  /** Wide heads, short sentences, greedy search. */
  static final Sizes WIDE = new Sizes(new Network(640, 5, 256, 33), new Batch(2, 1, 5, 1, 13));

  /** Transformer-base in a full batch; what is only moved is more than caches hold. */
  static Sizes base(int rows) {
    int beam = 4;
    int packed = Math.min(1 << 16, 256 * rows);
    return new Sizes(
        new Network(512, 8, 2048, 32_000), new Batch(rows / beam, beam, 64, 25, packed));
  }
}
