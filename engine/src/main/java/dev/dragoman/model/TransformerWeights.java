// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model;

import dev.dragoman.device.HostTensor;
import java.util.List;
import java.util.Optional;

/**
 * The weights of a Transformer by the paper's names, still in the host's memory. Products are
 * outputs × inputs: y = x·Wᵀ + b.
 *
 * @param sourceEmbedding source vocabulary × width
 * @param targetEmbedding target vocabulary × width; the same object as the source's where they are
 *     tied
 * @param sourcePositions positions × width
 * @param targetPositions positions × width
 * @param encoder the encoder's layers and norms
 * @param decoder the decoder's layers and norms
 * @param output target vocabulary × width and one bias for each word
 */
public record TransformerWeights(
    HostTensor sourceEmbedding,
    HostTensor targetEmbedding,
    HostTensor sourcePositions,
    HostTensor targetPositions,
    Encoder encoder,
    Decoder decoder,
    Dense output) {

  /**
   * Says whether source and target have one embedding table: the same object, not equal numbers.
   */
  @SuppressWarnings("ReferenceEquality")
  public boolean hasOneTable() {
    return sourceEmbedding == targetEmbedding;
  }

  /** Says whether the target's embedding table makes the output, too: the same object. */
  @SuppressWarnings("ReferenceEquality")
  public boolean hasTiedOutput() {
    return output.weight() == targetEmbedding;
  }

  /** Returns the same with one table of positions for both sides. */
  public TransformerWeights withPositions(HostTensor positions) {
    return new TransformerWeights(
        sourceEmbedding, targetEmbedding, positions, positions, encoder, decoder, output);
  }

  /** Returns the same with other embeddings and another output, as for a larger vocabulary. */
  public TransformerWeights withTables(HostTensor source, HostTensor target, Dense newOutput) {
    return new TransformerWeights(
        source, target, sourcePositions, targetPositions, encoder, decoder, newOutput);
  }

  /** W (outputs × inputs) and b (outputs × 1). */
  public record Dense(HostTensor weight, HostTensor bias) {}

  /** Gain and bias, each width × 1, and what is added to the variance. */
  public record Norm(HostTensor gain, HostTensor bias, float epsilon) {}

  /** The four products of a multi-head attention: W^Q, W^K, W^V and W^O. */
  public record Attention(Dense query, Dense key, Dense value, Dense output) {}

  /** W₁ (inner × width) and W₂ (width × inner). */
  public record FeedForward(Dense first, Dense second) {}

  /** Self-attention and feed-forward layer, each with its norm. */
  public record EncoderLayer(
      Attention selfAttention,
      Norm selfAttentionNorm,
      FeedForward feedForward,
      Norm feedForwardNorm) {}

  /**
   * Masked self-attention, encoder-decoder attention and feed-forward layer, each with its norm.
   */
  public record DecoderLayer(
      Attention selfAttention,
      Norm selfAttentionNorm,
      Attention sourceAttention,
      Norm sourceAttentionNorm,
      FeedForward feedForward,
      Norm feedForwardNorm) {}

  /**
   * The encoder's layers, with a norm after the embedding and one after the last layer where the
   * model has them.
   */
  public record Encoder(
      Optional<Norm> embeddingNorm, List<EncoderLayer> layers, Optional<Norm> finalNorm) {}

  /**
   * The decoder's layers, with a norm after the embedding and one after the last layer where the
   * model has them.
   */
  public record Decoder(
      Optional<Norm> embeddingNorm, List<DecoderLayer> layers, Optional<Norm> finalNorm) {}
}
