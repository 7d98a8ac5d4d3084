package dev.dragoman.device;

/**
 * What scaled dot-product attention reads ("Attention Is All You Need", section 3.2):
 * softmax(QKᵀ/√d_k + mask)·V, for each head on its own columns.
 *
 * @param queries rows × width
 * @param keys rows × width, or a cache
 * @param values as the keys
 * @param mask which keys each query sees
 * @param heads h; d_k = width / h
 */
public record AttentionInputs(Tensor queries, Tensor keys, Tensor values, Mask mask, int heads) {}
