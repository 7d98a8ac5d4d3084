// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

/**
 * The place where the encoder-decoder attention of one layer is kept, for every token that is
 * generated: what each was translated from.
 *
 * @param heads the weights are averaged over so many heads, the first ones
 * @param longestSource the most tokens of a source
 * @param weights (beam·maxLength) × source capacity, F32: row b·maxLength + t holds what beam b of
 *     a slot looked at in step t, in the columns of the slot's source; sources do not overlap
 * @param rows (slots·capacity) × maxLength, I32: for each token of a registered hypothesis, its end
 *     token too, the row of the slots' state that was fed when it was chosen
 */
public record AttentionHistory(int heads, int longestSource, Tensor weights, Tensor rows) {}
