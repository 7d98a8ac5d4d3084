// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.transformer;

import dev.dragoman.device.DataType;
import dev.dragoman.device.Device;
import dev.dragoman.device.EmbeddingTable;
import dev.dragoman.device.FeedForwardWeights;
import dev.dragoman.device.HostTensor;
import dev.dragoman.device.LayerNorm;
import dev.dragoman.device.Linear;
import dev.dragoman.device.Shape;
import dev.dragoman.device.Tensor;
import dev.dragoman.model.ModelConfig;
import dev.dragoman.model.TransformerWeights;
import dev.dragoman.model.TransformerWeights.Attention;
import dev.dragoman.model.TransformerWeights.Dense;
import dev.dragoman.model.TransformerWeights.FeedForward;
import dev.dragoman.model.TransformerWeights.Norm;
import java.util.List;
import java.util.stream.Stream;

/** Brings the weights of a model onto a device. */
final class TransformerLoader {
  private final Device device;
  private final ModelConfig config;
  private final Transformer.OutputVocabulary vocabulary;

  TransformerLoader(Device device, ModelConfig config, Transformer.OutputVocabulary vocabulary) {
    this.device = device;
    this.config = config;
    this.vocabulary = vocabulary;
  }

  Encoder encoder(TransformerWeights weights) {
    EmbeddingTable embedding =
        embedding(table(weights.sourceEmbedding()), table(weights.sourcePositions()));
    int heads = config.sizes().encoder().heads();
    List<EncoderLayer> layers =
        weights.encoder().layers().stream()
            .map(
                layer ->
                    new EncoderLayer(
                        selfAttention(layer.selfAttention(), heads),
                        residual(layer.selfAttentionNorm(), bias(layer.selfAttention())),
                        feedForward(layer.feedForward()),
                        residual(layer.feedForwardNorm(), layer.feedForward().second().bias())))
            .toList();
    return new Encoder(
        embedding,
        weights.encoder().embeddingNorm().map(this::norm),
        layers,
        weights.encoder().finalNorm().map(this::norm));
  }

  /** Loads the decoder; it shares {@code source} with the encoder if the model ties both tables. */
  Decoder decoder(TransformerWeights weights, EmbeddingTable source) {
    Tensor tokens = weights.hasOneTable() ? source.tokens() : table(weights.targetEmbedding());
    int heads = config.sizes().decoder().heads();
    List<DecoderLayer> layers =
        weights.decoder().layers().stream()
            .map(
                layer ->
                    new DecoderLayer(
                        selfAttention(layer.selfAttention(), heads),
                        residual(layer.selfAttentionNorm(), bias(layer.selfAttention())),
                        sourceAttention(layer.sourceAttention(), heads),
                        residual(layer.sourceAttentionNorm(), bias(layer.sourceAttention())),
                        feedForward(layer.feedForward()),
                        residual(layer.feedForwardNorm(), layer.feedForward().second().bias())))
            .toList();
    return new Decoder(
        embedding(tokens, table(weights.targetPositions())),
        weights.decoder().embeddingNorm().map(this::norm),
        layers,
        weights.decoder().finalNorm().map(this::norm),
        outputWords(weights.output()));
  }

  /**
   * Gives a token that must never be chosen a bias of -infinity: that costs nothing, and the token
   * leaves the softmax.
   */
  private OutputWords outputWords(Dense output) {
    float[] bias = output.bias().floats();
    for (int token : config.tokens().suppressed()) {
      bias[token] = Float.NEGATIVE_INFINITY;
    }
    Linear weights =
        vocabulary == Transformer.OutputVocabulary.SHORTLIST
            ? device.packForShortlists(output.weight())
            : device.packWords(output.weight());
    return new OutputWords(
        weights, vector(HostTensor.of("output bias", Shape.vector(bias.length), bias)));
  }

  private SelfAttention selfAttention(Attention weights, int heads) {
    return new SelfAttention(
        stack(weights.query(), weights.key(), weights.value()), heads(weights, heads));
  }

  private SourceAttention sourceAttention(Attention weights, int heads) {
    return new SourceAttention(
        packWithoutBias(weights.query()),
        stack(weights.key(), weights.value()),
        heads(weights, heads));
  }

  private MultiHeadAttention heads(Attention weights, int heads) {
    return new MultiHeadAttention(
        vector(weights.query().bias()), packWithoutBias(weights.output()), heads);
  }

  /**
   * Returns the bias of what attention gives, b^O + W^O·b^V: the values have been left without
   * theirs; see {@link dev.dragoman.device.AttentionInputs}.
   */
  private static HostTensor bias(Attention weights) {
    Dense output = weights.output();
    float[] matrix = output.weight().floats();
    float[] ofValues = weights.value().bias().floats();
    float[] bias = output.bias().floats();
    for (int row = 0; row < bias.length; row++) {
      double sum = bias[row];
      for (int column = 0; column < ofValues.length; column++) {
        sum += (double) matrix[row * ofValues.length + column] * ofValues[column];
      }
      bias[row] = (float) sum;
    }
    return HostTensor.of(output.bias().name(), output.bias().shape(), bias);
  }

  private FeedForwardWeights feedForward(FeedForward weights) {
    FeedForwardWeights layer =
        new FeedForwardWeights(
            pack(weights.first()),
            config.variant().activation(),
            packWithoutBias(weights.second()));
    device.tune(layer);
    return layer;
  }

  /**
   * Makes the connection around a sublayer.
   *
   * @param lastBias of the sublayer's last product
   */
  private Residual residual(Norm norm, HostTensor lastBias) {
    Tensor bias = vector(lastBias);
    return switch (config.variant().normPlacement()) {
      case POST -> new Residual.PostNorm(norm(norm), bias);
      case PRE -> new Residual.PreNorm(norm(norm), bias);
    };
  }

  private LayerNorm norm(Norm norm) {
    return new LayerNorm(vector(norm.gain()), vector(norm.bias()), norm.epsilon());
  }

  private EmbeddingTable embedding(Tensor tokens, Tensor positions) {
    return new EmbeddingTable(tokens, positions, config.variant().embeddingScale());
  }

  /** Brings a table into the type in which the device keeps what it computes. */
  private Tensor table(HostTensor numbers) {
    return upload(device.capacity().activations(), numbers);
  }

  private Tensor vector(HostTensor numbers) {
    return upload(DataType.F32, numbers);
  }

  private Tensor upload(DataType type, HostTensor numbers) {
    Tensor tensor = device.allocate(type, numbers.shape());
    device.upload(numbers.floats(), tensor);
    return tensor;
  }

  private Linear pack(Dense dense) {
    return device.pack(dense.weight(), dense.bias().floats());
  }

  /** Packs a product without its bias, which is added by whoever reads the result. */
  private Linear packWithoutBias(Dense dense) {
    return device.pack(dense.weight(), new float[dense.weight().shape().rows()]);
  }

  /** Packs several products of the same rows as one, without their biases. */
  private Linear stack(Dense... parts) {
    String name = parts[0].weight().name() + " and what stands beside it";
    HostTensor all =
        HostTensor.stack(name, Stream.of(parts).map(Dense::weight).toArray(HostTensor[]::new));
    return device.pack(all, new float[all.shape().rows()]);
  }
}
