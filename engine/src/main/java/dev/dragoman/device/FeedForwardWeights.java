// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

/**
 * The weights of a position-wise feed-forward layer ("Attention Is All You Need", section 3.3):
 * act(x·W₁ᵀ + b₁)·W₂ᵀ + b₂.
 *
 * @param first W₁ and b₁, width to inner width
 * @param second W₂ and b₂, inner width to width
 */
public record FeedForwardWeights(Linear first, Activation activation, Linear second) {}
