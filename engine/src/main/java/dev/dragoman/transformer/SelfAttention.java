// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.transformer;

import dev.dragoman.device.Device;
import dev.dragoman.device.KeyValueCache;
import dev.dragoman.device.Linear;
import dev.dragoman.device.Mask;
import dev.dragoman.device.Tensor;
import dev.dragoman.device.TokenRows;

/**
 * Attention of a sequence to itself: queries, keys and values come from the same rows, so one
 * product makes all three.
 *
 * @param queryKeyValue W^Q, W^K and W^V, one below the other, without biases
 */
record SelfAttention(Linear queryKeyValue, MultiHeadAttention heads) {

  /** Attends as the encoder does: each token sees its whole sentence. */
  void encode(Device device, Tensor x, TokenRows.Packed tokens, Activations a) {
    device.linear(x, queryKeyValue, a.queryKeyValue());
    heads.apply(device, new KeyValueCache(a.keys(), a.values()), new Mask.Sentence(tokens), a);
  }

  /**
   * Attends as the decoder does, masked: a token sees itself and what the cache holds before it.
   */
  void decode(
      Device device, Tensor x, TokenRows.Decoding tokens, KeyValueCache past, Activations a) {
    device.linear(x, queryKeyValue, a.queryKeyValue());
    device.appendKeysValues(a.keys(), a.values(), tokens, past);
    heads.apply(device, past, new Mask.Past(tokens), a);
  }
}
