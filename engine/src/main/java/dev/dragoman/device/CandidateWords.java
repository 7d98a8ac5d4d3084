package dev.dragoman.device;

/**
 * The words that each slot's sentence may consist of, where these are not all words: a lexical
 * shortlist. Logits, softmax and search of a slot's rows know its own words alone, whatever stands
 * in the other slots.
 *
 * @param words slots × words of the vocabulary, I32: in the row of a slot its words, rising, first
 * @param counts slots × 1, I32: how many they are; the end token is one of them
 */
public record CandidateWords(Tensor words, Tensor counts) {

  /** Takes the memory for any lists of a vocabulary of {@code words} words. */
  static CandidateWords allocate(Device device, int slots, int words) {
    return new CandidateWords(
        device.allocate(DataType.I32, new Shape(slots, words)),
        device.allocate(DataType.I32, Shape.vector(slots)));
  }
}
