// SPDX-License-Identifier: Apache-2.0
/**
 * The Transformer of "Attention Is All You Need" (Vaswani et al. 2017), in the paper's words:
 * embeddings with positions (3.4, 3.5), multi-head attention (3.2), position-wise feed-forward
 * layers (3.3), a stack of encoder layers and one of decoder layers (3.1). The layers are immutable
 * weights and the order in which a device is asked to compute. All that changes while a worker
 * translates is in its {@link dev.dragoman.transformer.Session}, which passes it in.
 */
package dev.dragoman.transformer;
