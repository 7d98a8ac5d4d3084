// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

/**
 * The end of a decoder step: the projection to the words ("Attention Is All You Need", section 3.4)
 * and what the search makes of it. Owns the memory that lies between the two.
 */
public interface WordSearch {

  /**
   * Makes the step of {@link Device#advance} with the logits x·Wᵀ.
   *
   * @param x tokens.count × inputs of the words
   */
  void advance(Tensor x, TokenRows.Decoding tokens);
}
