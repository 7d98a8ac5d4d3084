// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.huggingface;

import dev.dragoman.device.HostTensor;
import dev.dragoman.model.ModelConfig;
import dev.dragoman.model.ModelConfig.Stack;
import dev.dragoman.model.TransformerWeights;
import dev.dragoman.model.TransformerWeights.Attention;
import dev.dragoman.model.TransformerWeights.Decoder;
import dev.dragoman.model.TransformerWeights.DecoderLayer;
import dev.dragoman.model.TransformerWeights.Dense;
import dev.dragoman.model.TransformerWeights.Encoder;
import dev.dragoman.model.TransformerWeights.EncoderLayer;
import dev.dragoman.model.TransformerWeights.FeedForward;
import dev.dragoman.model.TransformerWeights.Norm;
import dev.dragoman.model.files.JsonFile;
import dev.dragoman.model.tensors.Sinusoids;
import dev.dragoman.model.tensors.Tensors;
import dev.dragoman.model.tensors.WeightReader;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Finds the weights of a MarianMT model under the names that Hugging Face gives them. */
final class MarianMtWeights {

  static final String SHARED = "model.shared.weight";
  static final String ENCODER_TABLE = "model.encoder.embed_tokens.weight";
  static final String DECODER_TABLE = "model.decoder.embed_tokens.weight";
  static final String OUTPUT = "lm_head.weight";
  static final String OUTPUT_BIAS = "final_logits_bias";

  /** A field of ours, for models whose norms have another epsilon than PyTorch's. */
  static final String EPSILON = "layer_norm_eps";

  /** Numbers in a table of positions: 16,384 positions of width 1,024. */
  private static final long LARGEST_TABLE = 1 << 24;

  private final WeightReader weights;
  private final ModelConfig config;
  private final JsonFile json;
  private final int width;

  MarianMtWeights(WeightReader weights, ModelConfig config, JsonFile json) {
    this.weights = weights;
    this.config = config;
    this.json = json;
    this.width = config.sizes().width();
  }

  TransformerWeights read() {
    boolean tied = json.flag("tie_word_embeddings", true);
    int words = config.sizes().targetVocabulary();
    List<String> tables = tied ? List.of(DECODER_TABLE, OUTPUT) : List.of(DECODER_TABLE);
    HostTensor source;
    HostTensor target;
    if (json.flag("share_encoder_decoder_embeddings", true)) {
      if (config.sizes().sourceVocabulary() != words) {
        throw json.wrong(
            "decoder_vocab_size", "vocab_size, though the two share one table of embeddings");
      }
      source =
          table(words, Stream.concat(Stream.of(SHARED, ENCODER_TABLE), tables.stream()).toList());
      target = source;
    } else {
      source = table(config.sizes().sourceVocabulary(), List.of(ENCODER_TABLE));
      target = table(words, tables);
    }
    Dense output = new Dense(tied ? target : weights.matrix(OUTPUT, words, width), outputBias());
    HostTensor sourcePositions = positions("encoder");
    HostTensor targetPositions =
        json.flag("static_position_embeddings", true) ? sourcePositions : positions("decoder");
    return new TransformerWeights(
        source, target, sourcePositions, targetPositions, encoder(), decoder(), output);
  }

  /** Reads a table under the first name that is there; a tied one is stored once, under any. */
  private HostTensor table(int words, List<String> names) {
    String name = names.stream().filter(weights::has).findFirst().orElse(names.get(0));
    return weights.matrix(name, words, width);
  }

  /** Reads one bias for each word: zeros where the file has none, as in transformers. */
  private HostTensor outputBias() {
    int words = config.sizes().targetVocabulary();
    return weights.has(OUTPUT_BIAS)
        ? Tensors.column(weights.matrix(OUTPUT_BIAS, 1, words))
        : Tensors.zeros(OUTPUT_BIAS, words);
  }

  private HostTensor positions(String side) {
    if (!json.flag("static_position_embeddings", true)) {
      return weights.matrix(
          "model." + side + ".embed_positions.weight", config.sizes().maxPositions(), width);
    }
    if ((long) config.sizes().maxPositions() * width > LARGEST_TABLE) {
      throw json.wrong("max_position_embeddings", "possible with d_model " + width);
    }
    return Sinusoids.table(config.sizes().maxPositions(), width);
  }

  private Encoder encoder() {
    Stack stack = config.sizes().encoder();
    List<EncoderLayer> layers =
        IntStream.range(0, stack.layers())
            .mapToObj(i -> encoderLayer("model.encoder.layers." + i + "."))
            .toList();
    return new Encoder(embeddingNorm("encoder"), layers, finalNorm("encoder"));
  }

  private EncoderLayer encoderLayer(String prefix) {
    return new EncoderLayer(
        attention(prefix + "self_attn"),
        norm(prefix + "self_attn_layer_norm"),
        feedForward(prefix, config.sizes().encoder()),
        norm(prefix + "final_layer_norm"));
  }

  private Decoder decoder() {
    Stack stack = config.sizes().decoder();
    List<DecoderLayer> layers =
        IntStream.range(0, stack.layers())
            .mapToObj(i -> decoderLayer("model.decoder.layers." + i + "."))
            .toList();
    return new Decoder(embeddingNorm("decoder"), layers, finalNorm("decoder"));
  }

  private DecoderLayer decoderLayer(String prefix) {
    return new DecoderLayer(
        attention(prefix + "self_attn"),
        norm(prefix + "self_attn_layer_norm"),
        attention(prefix + "encoder_attn"),
        norm(prefix + "encoder_attn_layer_norm"),
        feedForward(prefix, config.sizes().decoder()),
        norm(prefix + "final_layer_norm"));
  }

  private Attention attention(String name) {
    return new Attention(
        weights.dense(name + ".q_proj", width, width),
        weights.dense(name + ".k_proj", width, width),
        weights.dense(name + ".v_proj", width, width),
        weights.dense(name + ".out_proj", width, width));
  }

  private FeedForward feedForward(String prefix, Stack stack) {
    return new FeedForward(
        weights.dense(prefix + "fc1", stack.feedForward(), width),
        weights.dense(prefix + "fc2", width, stack.feedForward()));
  }

  /** Reads a norm, with PyTorch's epsilon unless the configuration names another one. */
  private Norm norm(String name) {
    Norm norm = weights.norm(name, width);
    return json.has(EPSILON)
        ? new Norm(norm.gain(), norm.bias(), json.number(EPSILON, 0, 1))
        : norm;
  }

  private Optional<Norm> embeddingNorm(String side) {
    return json.flag("normalize_embedding", false)
        ? Optional.of(norm("model." + side + ".layernorm_embedding"))
        : Optional.empty();
  }

  private Optional<Norm> finalNorm(String side) {
    return json.flag("add_final_layer_norm", false)
        ? Optional.of(norm("model." + side + ".layer_norm"))
        : Optional.empty();
  }
}
