// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

/**
 * What scaled dot-product attention reads ("Attention Is All You Need", section 3.2):
 * softmax(QKᵀ/√d_k + mask)·V, for each head on its own columns.
 *
 * <p>The projections' biases: that of the queries is added here. That of the keys adds the same
 * number to all scores of a query, which softmax takes away again; that of the values adds itself
 * to each result, as weights sum to 1, and so belongs to the bias of what follows.
 *
 * @param queries rows × width, without their bias
 * @param queryBias width × 1, F32
 * @param keys rows × width, or a cache
 * @param values as the keys
 * @param mask which keys each query sees
 * @param heads h; d_k = width / h
 */
public record AttentionInputs(
    Tensor queries, Tensor queryBias, Tensor keys, Tensor values, Mask mask, int heads) {}
