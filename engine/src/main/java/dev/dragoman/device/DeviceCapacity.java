// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

/**
 * How much work suits a device, and how it likes to keep what it computes.
 *
 * @param workers forks that work side by side without slowing each other
 * @param rows rows of a decoder step from which more rows hardly help
 * @param leastRows rows that a batch is filled up to: from there on, with the weights that have
 *     been packed so far, a row has the same bits in every batch
 * @param stepsAhead steps that are asked for before the host looks at what the first of them did,
 *     so that the device has work meanwhile; 0 where the host itself computes
 * @param activations the type of embeddings, intermediate results and caches; logits and the
 *     numbers of norms are F32 everywhere
 */
public record DeviceCapacity(
    int workers, int rows, int leastRows, int stepsAhead, DataType activations) {

  /** Makes the capacity of a host that computes in float32 itself, in batches of any size. */
  public DeviceCapacity(int workers, int rows) {
    this(workers, rows, 1, 0, DataType.F32);
  }
}
