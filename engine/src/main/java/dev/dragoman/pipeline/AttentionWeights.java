// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.pipeline;

/** What becomes of the weights of the encoder-decoder attention. */
public enum AttentionWeights {
  /** They are used and forgotten. */
  DROP,
  /** They are kept, averaged over heads, and given out with each hypothesis. */
  KEEP
}
