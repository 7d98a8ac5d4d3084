// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

/**
 * The lexical shortlist of each slot: the words of the vocabulary that its sentence may consist of.
 * Logits, softmax and search of a slot's rows know its own shortlist alone, whatever stands in the
 * other slots.
 *
 * @param words slots × words of the vocabulary, I32: a row begins with the slot's shortlist, rising
 * @param counts slots × 1, I32: the length of each shortlist, which has the end token
 */
public record SlotShortlists(Tensor words, Tensor counts) {

  /** Takes the memory for any shortlists of a vocabulary of {@code words} words. */
  static SlotShortlists allocate(Device device, int slots, int words) {
    return new SlotShortlists(
        device.allocate(DataType.I32, new Shape(slots, words)),
        device.allocate(DataType.I32, Shape.vector(slots)));
  }
}
