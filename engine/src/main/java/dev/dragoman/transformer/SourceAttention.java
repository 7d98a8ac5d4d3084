// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.transformer;

import dev.dragoman.device.Binding;
import dev.dragoman.device.Device;
import dev.dragoman.device.KeyValueCache;
import dev.dragoman.device.Linear;
import dev.dragoman.device.Mask;
import dev.dragoman.device.Tensor;
import dev.dragoman.device.TokenRows;

/**
 * Encoder-decoder attention: queries come from the decoder, keys and values from the encoder's
 * output, projected once for each sentence.
 *
 * @param query W^Q, without its bias
 * @param keyValue W^K and W^V, one below the other, without biases
 */
record SourceAttention(Linear query, Linear keyValue, MultiHeadAttention heads) {

  /** Projects the encoder's output and keeps it for the slots that the binding names. */
  void bind(Device device, Binding binding, KeyValueCache source, Activations a) {
    device.linear(a.x(), keyValue, a.keysAndValues());
    device.bindKeysValues(a.keys(), a.values(), binding, source);
  }

  /** Lets each token see the source of its slot; what it looks at is kept where asked for. */
  void decode(
      Device device, Tensor x, TokenRows.Decoding tokens, DecoderLayer.Cache cache, Activations a) {
    device.linear(x, query, a.queries());
    Mask.Source mask = new Mask.Source(tokens);
    if (cache.attention().isPresent()) {
      heads.applyAndKeep(device, cache.source(), mask, cache.attention().get(), a);
    } else {
      heads.apply(device, cache.source(), mask, a);
    }
  }
}
