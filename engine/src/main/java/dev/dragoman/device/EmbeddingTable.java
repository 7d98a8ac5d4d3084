// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

/**
 * What turns token ids into vectors ("Attention Is All You Need", sections 3.4 and 3.5):
 * tokens[id]·scale + positions[position].
 *
 * @param tokens vocabulary × width
 * @param positions the longest text × width
 * @param scale usually √width, or 1
 */
public record EmbeddingTable(Tensor tokens, Tensor positions, float scale) {}
