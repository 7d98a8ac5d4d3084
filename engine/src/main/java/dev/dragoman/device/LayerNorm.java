// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

/**
 * The weights of a layer normalization (Ba et al. 2016): (x - mean) / sqrt(variance + epsilon) ·
 * gain + bias.
 *
 * @param gain width × 1
 * @param bias width × 1
 * @param epsilon added to the variance
 */
public record LayerNorm(Tensor gain, Tensor bias, float epsilon) {}
