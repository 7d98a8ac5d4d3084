// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

/**
 * Which keys a query may see; everything else has weight zero. A query that sees none gets zeros.
 */
public sealed interface Mask {

  /**
   * Each token sees its own sentence: the encoder's self-attention. Keys are rows of the same
   * packed batch.
   */
  record Sentence(TokenRows.Packed tokens) implements Mask {}

  /**
   * Each token sees itself and what came before: the decoder's masked self-attention. Keys are rows
   * of a cache of slots·beam × positions, found through {@link SlotState.Beams#ancestors}.
   */
  record Past(TokenRows.Decoding tokens) implements Mask {}

  /**
   * Each token sees the source sentence of its slot: the encoder-decoder attention. Keys are rows
   * of the source cache: {@link SlotState.Sources#lengths} of them from {@link
   * SlotState.Sources#starts} on.
   */
  record Source(TokenRows.Decoding tokens) implements Mask {}
}
