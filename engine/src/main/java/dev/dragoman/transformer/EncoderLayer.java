// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.transformer;

import dev.dragoman.device.Device;
import dev.dragoman.device.FeedForwardWeights;
import dev.dragoman.device.Tensor;
import dev.dragoman.device.TokenRows;

/**
 * A layer of the encoder (section 3.1): self-attention and a feed-forward layer, each in a residual
 * connection.
 */
record EncoderLayer(
    SelfAttention selfAttention,
    Residual aroundSelfAttention,
    FeedForwardWeights feedForward,
    Residual aroundFeedForward) {

  void apply(Device device, TokenRows.Packed tokens, Activations a) {
    Tensor x = aroundSelfAttention.enter(device, a.x(), a.normalized());
    selfAttention.encode(device, x, tokens, a);
    aroundSelfAttention.leave(device, a.sublayer(), a.x());

    x = aroundFeedForward.enter(device, a.x(), a.normalized());
    device.feedForward(x, feedForward, a.sublayer());
    aroundFeedForward.leave(device, a.sublayer(), a.x());
  }
}
