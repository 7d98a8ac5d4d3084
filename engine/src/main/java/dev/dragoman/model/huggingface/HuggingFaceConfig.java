// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.huggingface;

import dev.dragoman.device.Activation;
import dev.dragoman.model.ModelConfig;
import dev.dragoman.model.ModelConfig.Alignment;
import dev.dragoman.model.ModelConfig.Label;
import dev.dragoman.model.ModelConfig.NormPlacement;
import dev.dragoman.model.ModelConfig.Sizes;
import dev.dragoman.model.ModelConfig.SpecialTokens;
import dev.dragoman.model.ModelConfig.Stack;
import dev.dragoman.model.ModelConfig.Variant;
import dev.dragoman.model.files.JsonFile;
import dev.dragoman.model.files.ModelFiles;
import dev.dragoman.model.files.TokenizerFiles;
import dev.dragoman.text.Vocabulary;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The fields of {@code config.json} and {@code generation_config.json} that Hugging Face's
 * Transformers name alike.
 */
final class HuggingFaceConfig {

  static final String ALIGNMENT_LAYER = "alignment_layer";
  static final String ALIGNMENT_HEADS = "alignment_heads";
  static final String END = "</s>";
  static final String UNKNOWN = "<unk>";

  /** The largest of all sizes that are believed. */
  static final int MOST = 1 << 24;

  private static final int MOST_LAYERS = 1000;
  private static final int MOST_POSITIONS = 1 << 20;

  /** The names of the supported activations. */
  static final Map<String, Activation> ACTIVATIONS =
      Map.of(
          "relu", Activation.RELU,
          "swish", Activation.SWISH,
          "silu", Activation.SWISH,
          "gelu", Activation.GELU,
          "gelu_new", Activation.GELU_TANH,
          "gelu_pytorch_tanh", Activation.GELU_TANH);

  /** The rules of generation that change translations, each with the value of no effect. */
  private static final Map<String, Double> UNSUPPORTED_RULES =
      Map.of(
          "repetition_penalty", 1.0,
          "no_repeat_ngram_size", 0.0,
          "encoder_no_repeat_ngram_size", 0.0,
          "encoder_repetition_penalty", 1.0,
          "diversity_penalty", 0.0);

  /** The fields that change translations unless they are null. */
  private static final List<String> UNSUPPORTED_LISTS =
      List.of(
          "suppress_tokens",
          "begin_suppress_tokens",
          "force_words_ids",
          "forced_decoder_ids",
          "exponential_decay_length_penalty",
          "sequence_bias",
          "quantization_config");

  private HuggingFaceConfig() {}

  /** Reads the sizes and rules, with the vocabularies' sizes and the tokens given. */
  static ModelConfig of(
      JsonFile json, String format, int sourceSize, int targetSize, SpecialTokens tokens) {
    int width = json.integer("d_model", 1, MOST);
    String activation = json.text("activation_function").orElse("");
    if (!ACTIVATIONS.containsKey(activation)) {
      throw json.wrong("activation_function", "one of " + new TreeSet<>(ACTIVATIONS.keySet()));
    }
    Stack decoder = stack(json, "decoder", width);
    return new ModelConfig(
        new Label(ModelFiles.modelName(json.file().getParent()), format),
        new Sizes(
            width,
            stack(json, "encoder", width),
            decoder,
            json.integer("max_position_embeddings", 1, MOST_POSITIONS),
            sourceSize,
            targetSize),
        new Variant(
            ACTIVATIONS.get(activation),
            json.flag("normalize_before", false) ? NormPlacement.PRE : NormPlacement.POST,
            json.flag("scale_embedding", false) ? (float) Math.sqrt(width) : 1),
        tokens,
        alignment(json, decoder));
  }

  /** Reads two fields of ours, which {@link MarianMtWriter} writes for unusual alignments. */
  private static Alignment alignment(JsonFile json, Stack decoder) {
    Alignment usual = Alignment.usual(decoder);
    return new Alignment(
        json.has(ALIGNMENT_LAYER)
            ? json.integer(ALIGNMENT_LAYER, 0, decoder.layers() - 1)
            : usual.layer(),
        json.has(ALIGNMENT_HEADS)
            ? json.integer(ALIGNMENT_HEADS, 1, decoder.heads())
            : usual.heads());
  }

  private static Stack stack(JsonFile json, String side, int width) {
    int heads = json.integer(side + "_attention_heads", 1, MOST);
    if (width % heads != 0) {
      throw json.wrong(side + "_attention_heads", "a divisor of d_model, which is " + width);
    }
    return new Stack(
        json.integer(side + "_layers", 1, MOST_LAYERS),
        heads,
        json.integer(side + "_ffn_dim", 1, MOST));
  }

  /** Refuses what would change translations if it were passed over. */
  static void refuseRules(JsonFile generation) {
    for (String field : UNSUPPORTED_LISTS) {
      if (generation.has(field)) {
        throw generation.wrong(field, "supported; only null is");
      }
    }
    UNSUPPORTED_RULES.forEach(
        (field, off) -> {
          if (generation.has(field) && generation.root().get(field).asDouble(Double.NaN) != off) {
            throw generation.wrong(field, "supported; only " + off + " is");
          }
        });
  }

  /** Refuses an end token that the vocabulary numbers differently. */
  static void requireEnd(JsonFile generation, Vocabulary vocabulary, Path file) {
    int id = TokenizerFiles.id(file, vocabulary, END);
    if (generation.integer("eos_token_id", 0, MOST) != id) {
      throw generation.wrong(
          "eos_token_id", "%d, the id of %s in %s".formatted(id, END, file.getFileName()));
    }
  }
}
