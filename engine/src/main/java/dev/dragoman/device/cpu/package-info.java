// SPDX-License-Identifier: Apache-2.0
/**
 * The CPU device: products on oneDNN, everything else in Java on the vector unit. Activations lie
 * in native memory, where oneDNN works in place; caches of keys and values lie in Java arrays,
 * where the vector unit reads them in place. Rows cross between the two through small arrays that
 * stay in the first-level cache. Each operation computes a row from that row alone and in the same
 * order of additions whatever rows stand beside it, so that results do not depend on the batch.
 *
 * <p>{@code CpuDevice} checks shapes and gives each operation to its class. Products are {@code
 * Products} and what its name ends, over {@code OneDnn}; attention is {@code CpuAttention} over an
 * {@code AttentionMath}; the search is {@code BeamStep} over a source of candidates. {@code
 * VectorMath} has the loops that all of them share, in three forms: on vectors, in loops with the
 * same bits, and plain.
 */
package dev.dragoman.device.cpu;
