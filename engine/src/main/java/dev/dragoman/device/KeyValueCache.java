// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

/**
 * Keys and values of one attention in one layer, kept for all slots.
 *
 * @param keys (slots·beam·positions) × width for the decoder's own tokens, source positions × width
 *     for the source
 * @param values as the keys
 */
public record KeyValueCache(Tensor keys, Tensor values) {}
