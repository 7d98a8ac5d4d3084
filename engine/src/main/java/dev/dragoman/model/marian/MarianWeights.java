// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.marian;

import dev.dragoman.device.HostTensor;
import dev.dragoman.model.ModelConfig;
import dev.dragoman.model.ModelConfig.NormPlacement;
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
 * Finds the weights of a Transformer under the names that Marian gives them. Its products are
 * inputs × outputs, the reverse of ours, its embeddings words × width, its vectors single rows.
 */
final class MarianWeights {

  /**
   * The longest source that marian-decoder takes unless it is told otherwise. Its positions
   * themselves have no end.
   */
  static final int POSITIONS = 1000;

  /** Marian's layer normalization adds this to the variance. */
  private static final float EPSILON = 1e-6f;

  private static final String OUTPUT = "decoder_ff_logit_out_";

  private final WeightReader weights;
  private final MarianOptions options;
  private final ModelConfig config;
  private final int width;

  MarianWeights(WeightReader weights, MarianOptions options, ModelConfig config) {
    this.weights = weights;
    this.options = options;
    this.config = config;
    this.width = config.sizes().width();
  }

  TransformerWeights read() {
    int words = config.sizes().targetVocabulary();
    boolean shared = options.tiesSourceAndTarget();
    HostTensor source =
        weights.matrix(shared ? "Wemb" : "encoder_Wemb", config.sizes().sourceVocabulary(), width);
    HostTensor target = weights.matrix(shared ? "Wemb" : "decoder_Wemb", words, width);
    HostTensor positions = Sinusoids.tensor2tensor(0, POSITIONS, width);
    return new TransformerWeights(
        source, target, positions, positions, encoder(), decoder(), output(target));
  }

  private Dense output(HostTensor target) {
    int words = config.sizes().targetVocabulary();
    HostTensor bias =
        weights.has(OUTPUT + "b")
            ? vector(OUTPUT + "b", words)
            : Tensors.zeros(OUTPUT + "b", words); // output-omit-bias
    if (options.tiesTargetAndOutput()) {
      return new Dense(target, bias);
    }
    boolean upright = weights.has(OUTPUT + "Wt");
    return new Dense(
        upright ? weights.matrix(OUTPUT + "Wt", words, width) : product(OUTPUT + "W", words, width),
        bias);
  }

  private Encoder encoder() {
    List<EncoderLayer> layers =
        IntStream.rangeClosed(1, config.sizes().encoder().layers())
            .mapToObj(i -> encoderLayer("encoder_l" + i + "_"))
            .toList();
    return new Encoder(embeddingNorm("encoder"), layers, finalNorm("encoder"));
  }

  private EncoderLayer encoderLayer(String prefix) {
    return new EncoderLayer(
        attention(prefix + "self"),
        layerNorm(prefix + "self_Wo"),
        feedForward(prefix + "ffn", config.sizes().encoder().feedForward()),
        layerNorm(prefix + "ffn_ffn"));
  }

  private Decoder decoder() {
    List<DecoderLayer> layers =
        options.decoderLayers().stream().map(i -> decoderLayer("decoder_l" + i + "_")).toList();
    return new Decoder(embeddingNorm("decoder"), layers, finalNorm("decoder"));
  }

  private DecoderLayer decoderLayer(String prefix) {
    return new DecoderLayer(
        attention(prefix + "self"),
        layerNorm(prefix + "self_Wo"),
        attention(prefix + "context"),
        layerNorm(prefix + "context_Wo"),
        feedForward(prefix + "ffn", config.sizes().decoder().feedForward()),
        layerNorm(prefix + "ffn_ffn"));
  }

  private Attention attention(String name) {
    return new Attention(
        dense(name, "q", width, width),
        dense(name, "k", width, width),
        dense(name, "v", width, width),
        dense(name, "o", width, width));
  }

  private FeedForward feedForward(String name, int inner) {
    return new FeedForward(dense(name, "1", inner, width), dense(name, "2", width, inner));
  }

  /** Reads a layer's norm: before it or after it, as the model has them. */
  private Norm layerNorm(String name) {
    return norm(name, config.variant().normPlacement() == NormPlacement.PRE ? "_pre" : "");
  }

  private Optional<Norm> embeddingNorm(String side) {
    return options.normalizesEmbedding()
        ? Optional.of(norm(side + "_emb", "_pre"))
        : Optional.empty();
  }

  private Optional<Norm> finalNorm(String side) {
    return config.variant().normPlacement() == NormPlacement.PRE
        ? Optional.of(norm(side + "_top", ""))
        : Optional.empty();
  }

  private Norm norm(String name, String suffix) {
    return new Norm(
        vector(name + "_ln_scale" + suffix, width),
        vector(name + "_ln_bias" + suffix, width),
        EPSILON);
  }

  private Dense dense(String name, String part, int outputs, int inputs) {
    return new Dense(
        product(name + "_W" + part, outputs, inputs), vector(name + "_b" + part, outputs));
  }

  private HostTensor product(String name, int outputs, int inputs) {
    return Tensors.transposed(weights.matrix(name, inputs, outputs));
  }

  private HostTensor vector(String name, int size) {
    return Tensors.column(weights.matrix(name, 1, size));
  }
}
