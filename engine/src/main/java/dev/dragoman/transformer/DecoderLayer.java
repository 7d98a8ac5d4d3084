// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.transformer;

import dev.dragoman.device.AttentionHistory;
import dev.dragoman.device.Device;
import dev.dragoman.device.FeedForwardWeights;
import dev.dragoman.device.KeyValueCache;
import dev.dragoman.device.Tensor;
import dev.dragoman.device.TokenRows;
import java.util.Optional;

/**
 * A layer of the decoder (section 3.1): masked self-attention, encoder-decoder attention and a
 * feed-forward layer, each in a residual connection.
 */
record DecoderLayer(
    SelfAttention selfAttention,
    Residual aroundSelfAttention,
    SourceAttention sourceAttention,
    Residual aroundSourceAttention,
    FeedForwardWeights feedForward,
    Residual aroundFeedForward) {

  /**
   * What one layer keeps.
   *
   * @param past keys and values of the decoder's own tokens
   * @param source keys and values of the source
   * @param attention to the source, in the layer whose attention is asked for
   */
  record Cache(KeyValueCache past, KeyValueCache source, Optional<AttentionHistory> attention) {}

  void apply(Device device, TokenRows.Decoding tokens, Cache cache, Activations a) {
    Tensor x = aroundSelfAttention.enter(device, a.x(), a.normalized());
    selfAttention.decode(device, x, tokens, cache.past(), a);
    aroundSelfAttention.leave(device, a.sublayer(), a.x());

    x = aroundSourceAttention.enter(device, a.x(), a.normalized());
    sourceAttention.decode(device, x, tokens, cache, a);
    aroundSourceAttention.leave(device, a.sublayer(), a.x());

    x = aroundFeedForward.enter(device, a.x(), a.normalized());
    device.feedForward(x, feedForward, a.sublayer());
    aroundFeedForward.leave(device, a.sublayer(), a.x());
  }
}
