// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

/** Which token each row of a batch stands for. */
public sealed interface TokenRows {

  /** Returns the number of rows. */
  int count();

  /**
   * The tokens of several sentences end to end, without padding.
   *
   * @param ids count × 1, I32
   * @param positions count × 1, I32: the place of each token in its sentence
   * @param offsets (sentences + 1) × 1, I32: where each sentence begins, and the end; rows after it
   *     belong to no sentence and are computed for nothing
   */
  record Packed(Tensor ids, Tensor positions, Tensor offsets) implements TokenRows {
    @Override
    public int count() {
      return ids.shape().rows();
    }
  }

  /**
   * One token for each beam that is being decoded: the one that {@link SlotState.Beams#tokens}
   * holds at the slot's step.
   *
   * @param rows count × 1, I32: indices into the rows of {@code state}; several rows of one slot
   *     stand together, in order, and in a slot's first step only its first row is there; rows of a
   *     slot that is not running are computed for nothing, to fill a batch up
   */
  record Decoding(Tensor rows, SlotState state) implements TokenRows {
    @Override
    public int count() {
      return rows.shape().rows();
    }
  }
}
