// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.ctranslate2;

import dev.dragoman.device.HostTensor;
import dev.dragoman.model.TransformerWeights;
import dev.dragoman.model.TransformerWeights.Attention;
import dev.dragoman.model.TransformerWeights.Decoder;
import dev.dragoman.model.TransformerWeights.DecoderLayer;
import dev.dragoman.model.TransformerWeights.Dense;
import dev.dragoman.model.TransformerWeights.Encoder;
import dev.dragoman.model.TransformerWeights.EncoderLayer;
import dev.dragoman.model.TransformerWeights.FeedForward;
import dev.dragoman.model.TransformerWeights.Norm;
import dev.dragoman.model.tensors.Sinusoids;
import dev.dragoman.model.tensors.Tensors;
import dev.dragoman.model.tensors.WeightReader;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Finds the weights of a Transformer under the names that CTranslate2 gives them. Its projections
 * are outputs × inputs as ours are; those of the same input stand one above the other in one
 * matrix.
 */
final class CTranslate2Weights {

  private final WeightReader weights;
  private final CTranslate2Sizes sizes;
  private final int width;
  private final float epsilon;

  /**
   * Makes a reader of the weights of one model.
   *
   * @param weights its variables
   * @param sizes of its parts
   * @param epsilon what its norms add to the variance
   */
  CTranslate2Weights(WeightReader weights, CTranslate2Sizes sizes, float epsilon) {
    this.weights = weights;
    this.sizes = sizes;
    this.width = sizes.width();
    this.epsilon = epsilon;
  }

  TransformerWeights read() {
    HostTensor source = weights.matrix(sizes.sourceTable(), sizes.sourceWords(), width);
    HostTensor target = weights.matrix(CTranslate2Sizes.TARGET_TABLE, sizes.targetWords(), width);
    Dense output = dense("decoder/projection", sizes.targetWords(), width);
    return new TransformerWeights(
        source, target, positions("encoder"), positions("decoder"), encoder(), decoder(), output);
  }

  /** Returns the stored positions, or those that CTranslate2 computes where none are stored. */
  private HostTensor positions(String side) {
    int count = sizes.positions();
    return sizes
        .storedPositions(side)
        .map(
            stored ->
                Sinusoids.unrounded(
                    Tensors.rows(weights.matrix(stored.name(), stored.count(), width), 0, count)))
        .orElseGet(() -> Sinusoids.tensor2tensor(1, count, width));
  }

  private Encoder encoder() {
    List<EncoderLayer> layers =
        IntStream.range(0, sizes.encoder().layers())
            .mapToObj(i -> encoderLayer("encoder/layer_" + i + "/"))
            .toList();
    return new Encoder(
        optionalNorm("encoder/layernorm_embedding"), layers, optionalNorm("encoder/layer_norm"));
  }

  private EncoderLayer encoderLayer(String prefix) {
    return new EncoderLayer(
        selfAttention(prefix + "self_attention"),
        norm(prefix + "self_attention/layer_norm"),
        feedForward(prefix + "ffn", sizes.encoder().feedForward()),
        norm(prefix + "ffn/layer_norm"));
  }

  private Decoder decoder() {
    List<DecoderLayer> layers =
        IntStream.range(0, sizes.decoder().layers())
            .mapToObj(i -> decoderLayer("decoder/layer_" + i + "/"))
            .toList();
    return new Decoder(
        optionalNorm("decoder/layernorm_embedding"), layers, optionalNorm("decoder/layer_norm"));
  }

  private DecoderLayer decoderLayer(String prefix) {
    return new DecoderLayer(
        selfAttention(prefix + "self_attention"),
        norm(prefix + "self_attention/layer_norm"),
        sourceAttention(prefix + "attention"),
        norm(prefix + "attention/layer_norm"),
        feedForward(prefix + "ffn", sizes.decoder().feedForward()),
        norm(prefix + "ffn/layer_norm"));
  }

  /** Reads self-attention: {@code linear_0} holds W^Q, W^K and W^V, {@code linear_1} W^O. */
  private Attention selfAttention(String name) {
    Dense fused = dense(name + "/linear_0", 3 * width, width);
    return new Attention(
        part(fused, 0), part(fused, 1), part(fused, 2), dense(name + "/linear_1", width, width));
  }

  /**
   * Reads encoder-decoder attention: {@code linear_0} is W^Q, {@code linear_1} holds W^K and W^V,
   * {@code linear_2} is W^O.
   */
  private Attention sourceAttention(String name) {
    Dense fused = dense(name + "/linear_1", 2 * width, width);
    return new Attention(
        dense(name + "/linear_0", width, width),
        part(fused, 0),
        part(fused, 1),
        dense(name + "/linear_2", width, width));
  }

  private Dense part(Dense fused, int index) {
    return new Dense(
        Tensors.rows(fused.weight(), index * width, width),
        Tensors.rows(fused.bias(), index * width, width));
  }

  private FeedForward feedForward(String name, int inner) {
    return new FeedForward(
        dense(name + "/linear_0", inner, width), dense(name + "/linear_1", width, inner));
  }

  /** Reads a product; the bias is left out where it is zero. */
  private Dense dense(String name, int outputs, int inputs) {
    String bias = name + "/bias";
    return new Dense(
        weights.matrix(name + "/weight", outputs, inputs),
        weights.has(bias) ? weights.vector(bias, outputs) : Tensors.zeros(bias, outputs));
  }

  private Norm norm(String name) {
    if (!weights.has(name + "/beta") && weights.has(name + "/gamma")) {
      throw weights.wrong(name + " has no beta: root mean square norms are not supported");
    }
    return new Norm(
        weights.vector(name + "/gamma", width), weights.vector(name + "/beta", width), epsilon);
  }

  private Optional<Norm> optionalNorm(String name) {
    return weights.has(name + "/gamma") ? Optional.of(norm(name)) : Optional.empty();
  }
}
