// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.huggingface;

import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dragoman.device.DataType;
import dev.dragoman.device.HostTensor;
import dev.dragoman.model.Model;
import dev.dragoman.model.ModelConfig;
import dev.dragoman.model.ModelConfig.Alignment;
import dev.dragoman.model.ModelConfig.NormPlacement;
import dev.dragoman.model.ModelConfig.SpecialTokens;
import dev.dragoman.model.ModelFormatException;
import dev.dragoman.model.TransformerWeights;
import dev.dragoman.model.TransformerWeights.Norm;
import dev.dragoman.model.tensors.Precisions;
import dev.dragoman.model.tensors.SafetensorsWriter;
import dev.dragoman.model.tensors.WeightReader;
import dev.dragoman.text.AddedTokens.Rule;
import dev.dragoman.text.MarianTokenizer;
import dev.dragoman.text.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes any model in the layout of Hugging Face's MarianMT, so that reading it again gives the
 * same translations. What that layout cannot say is refused by name.
 */
public final class MarianMtWriter {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Model model;
  private final ModelConfig config;
  private final MarianTokenizer tokenizer;
  private final MarianMtPositions positions;
  private final Path directory;

  private MarianMtWriter(Model model, MarianTokenizer tokenizer, Path directory) {
    this.model = model;
    this.config = model.config();
    this.tokenizer = tokenizer;
    this.positions = MarianMtPositions.of(model.weights());
    this.directory = directory;
  }

  /**
   * Writes a model's files.
   *
   * @param directory there already, and empty
   * @param precision of the weights; empty leaves each as it is
   * @return remarks on what other programs may read differently; most often none
   * @throws ModelFormatException if the layout cannot express the model
   * @throws IOException if a file cannot be written
   */
  public static List<String> write(Model model, Path directory, Optional<DataType> precision)
      throws IOException {
    if (!(model.tokenizer() instanceof MarianTokenizer tokenizer)) {
      throw inexpressible(
          model.config(),
          "its tokenizer, " + model.tokenizer().getClass().getSimpleName() + ", has no form there");
    }
    Model padded = PaddedModel.of(model);
    MarianMtWriter writer = new MarianMtWriter(padded, tokenizer, directory);
    writer.refuseTokens();
    writer.writeConfiguration(precision);
    writer.writeText();
    Map<String, HostTensor> weights = new LinkedHashMap<>();
    MarianMtNames.of(padded.weights(), writer.positions)
        .forEach(
            (name, tensor) ->
                weights.put(
                    name, precision.map(type -> Precisions.convert(tensor, type)).orElse(tensor)));
    SafetensorsWriter.write(directory.resolve(HuggingFaceWeights.SAFETENSORS), weights);
    return writer.remarks();
  }

  private List<String> remarks() {
    List<String> remarks = new ArrayList<>();
    if (positions == MarianMtPositions.STORED) {
      remarks.add("positions are stored with the weights, as MarianMT computes others");
    }
    if (epsilon() != WeightReader.EPSILON) {
      remarks.add(
          "norms add %s to the variance, where MarianMT always adds %s"
              .formatted(epsilon(), WeightReader.EPSILON));
    }
    return remarks;
  }

  private void refuseTokens() {
    SpecialTokens tokens = config.tokens();
    if (!tokens.suppressed().contains(tokens.pad())) {
      throw inexpressible(config, "its padding token may be chosen");
    }
    if (!tokenizer.sourceTokens().before().isEmpty()
        || !tokenizer.sourceTokens().after().equals(List.of(tokens.end()))) {
      throw inexpressible(config, "its sources do not end with the end token alone");
    }
    for (Vocabulary vocabulary :
        List.of(tokenizer.sourceVocabulary(), tokenizer.targetVocabulary())) {
      if (vocabulary.id(HuggingFaceConfig.END, -1) != tokens.end()
          || vocabulary.id(HuggingFaceConfig.UNKNOWN, -1) != tokens.unknown()) {
        throw inexpressible(config, "its end or unknown token is not called </s> or <unk>");
      }
    }
  }

  private void writeConfiguration(Optional<DataType> precision) throws IOException {
    TransformerWeights weights = model.weights();
    TransformerWeights.Encoder encoder = weights.encoder();
    TransformerWeights.Decoder decoder = weights.decoder();
    ObjectNode json = JSON.createObjectNode().put("model_type", "marian");
    json.putArray("architectures").add("MarianMTModel");
    json.put("is_encoder_decoder", true)
        .put("torch_dtype", dtype(precision))
        .put("d_model", config.sizes().width())
        .put("vocab_size", config.sizes().sourceVocabulary())
        .put("decoder_vocab_size", config.sizes().targetVocabulary())
        .put("max_position_embeddings", config.sizes().maxPositions())
        .put("activation_function", activation())
        .put("normalize_before", config.variant().normPlacement() == NormPlacement.PRE)
        .put(
            "normalize_embedding",
            inBoth("a norm after the embedding", encoder.embeddingNorm(), decoder.embeddingNorm()))
        .put(
            "add_final_layer_norm",
            inBoth("a norm after the last layer", encoder.finalNorm(), decoder.finalNorm()))
        .put("scale_embedding", scaled())
        .put("static_position_embeddings", positions == MarianMtPositions.SINUSOIDS)
        .put("share_encoder_decoder_embeddings", weights.hasOneTable())
        .put("tie_word_embeddings", weights.hasTiedOutput())
        .put(MarianMtWeights.EPSILON, epsilon());
    if (!config.alignment().equals(Alignment.usual(config.sizes().decoder()))) {
      json.put(HuggingFaceConfig.ALIGNMENT_LAYER, config.alignment().layer())
          .put(HuggingFaceConfig.ALIGNMENT_HEADS, config.alignment().heads());
    }
    stack(json, "encoder", config.sizes().encoder());
    stack(json, "decoder", config.sizes().decoder());
    tokens(json);
    write(HuggingFaceFiles.CONFIG, json);
    ObjectNode generation = JSON.createObjectNode();
    tokens(generation);
    write(HuggingFaceFiles.GENERATION_CONFIG, generation);
    ObjectNode text =
        JSON.createObjectNode()
            .put("tokenizer_class", "MarianTokenizer")
            .put("separate_vocabs", separate())
            .put("model_max_length", config.sizes().maxPositions());
    if (!tokenizer.added().rules().isEmpty()) {
      addedTokens(text);
    }
    write(HuggingFaceFiles.TOKENIZER_CONFIG, text);
  }

  private void addedTokens(ObjectNode json) {
    ObjectNode added = json.putObject("added_tokens_decoder");
    tokenizer
        .added()
        .rules()
        .forEach(
            (text, rules) ->
                added
                    .putObject("" + tokenizer.sourceVocabulary().id(text, -1))
                    .put("content", text)
                    .put("lstrip", rules.contains(Rule.STRIPS_LEFT))
                    .put("rstrip", rules.contains(Rule.STRIPS_RIGHT))
                    .put("normalized", false)
                    .put("single_word", false)
                    .put("special", rules.contains(Rule.SPECIAL)));
  }

  private static void stack(ObjectNode json, String side, ModelConfig.Stack stack) {
    json.put(side + "_layers", stack.layers())
        .put(side + "_attention_heads", stack.heads())
        .put(side + "_ffn_dim", stack.feedForward());
  }

  private void tokens(ObjectNode json) {
    SpecialTokens tokens = config.tokens();
    json.put("decoder_start_token_id", tokens.start())
        .put("bos_token_id", tokens.end())
        .put("eos_token_id", tokens.end())
        .put("forced_eos_token_id", tokens.end())
        .put("pad_token_id", tokens.pad())
        .put("max_length", config.sizes().maxPositions());
    ArrayNode never = json.putArray("bad_words_ids");
    tokens.suppressed().forEach(id -> never.addArray().add(id));
  }

  private String activation() {
    return new TreeMap<>(HuggingFaceConfig.ACTIVATIONS)
        .entrySet().stream()
            .filter(known -> known.getValue() == config.variant().activation())
            .map(Map.Entry::getKey)
            .findFirst()
            .orElseThrow(
                () -> inexpressible(config, "its activation is " + config.variant().activation()));
  }

  private boolean inBoth(String what, Optional<Norm> one, Optional<Norm> other) {
    if (one.isPresent() != other.isPresent()) {
      throw inexpressible(config, "only one of encoder and decoder has " + what);
    }
    return one.isPresent();
  }

  private boolean scaled() {
    if (config.variant().embeddingScale() == (float) Math.sqrt(config.sizes().width())) {
      return true;
    }
    if (config.variant().embeddingScale() != 1) {
      throw inexpressible(
          config, "its embeddings are scaled by " + config.variant().embeddingScale());
    }
    return false;
  }

  private float epsilon() {
    TransformerWeights.Encoder encoder = model.weights().encoder();
    TransformerWeights.Decoder decoder = model.weights().decoder();
    Set<Float> all =
        Stream.of(
                Stream.of(
                        encoder.embeddingNorm(),
                        encoder.finalNorm(),
                        decoder.embeddingNorm(),
                        decoder.finalNorm())
                    .flatMap(Optional::stream),
                encoder.layers().stream()
                    .flatMap(
                        layer -> Stream.of(layer.selfAttentionNorm(), layer.feedForwardNorm())),
                decoder.layers().stream()
                    .flatMap(
                        layer ->
                            Stream.of(
                                layer.selfAttentionNorm(),
                                layer.sourceAttentionNorm(),
                                layer.feedForwardNorm())))
            .flatMap(norms -> norms)
            .map(Norm::epsilon)
            .collect(Collectors.toCollection(TreeSet::new));
    if (all.size() != 1) {
      throw inexpressible(config, "its norms add different epsilons, " + all);
    }
    return all.iterator().next();
  }

  private String dtype(Optional<DataType> precision) {
    DataType type = precision.orElse(model.weights().output().weight().type());
    return switch (type) {
      case F32, I8, I32 -> "float32";
      case F16 -> "float16";
      case BF16 -> "bfloat16";
    };
  }

  private boolean separate() {
    return tokenizer.sourceVocabulary() != tokenizer.targetVocabulary();
  }

  private void writeText() throws IOException {
    write(HuggingFaceFiles.VOCABULARY, vocabulary(tokenizer.sourceVocabulary()));
    if (separate()) {
      write(HuggingFaceFiles.TARGET_VOCABULARY, vocabulary(tokenizer.targetVocabulary()));
    }
    byte[] pieces = tokenizer.sentencePiece().model();
    Files.write(directory.resolve(HuggingFaceFiles.SOURCE_PIECES), pieces);
    // Others join the target's pieces with a model; joining does not depend on which one.
    Files.write(directory.resolve("target.spm"), pieces);
  }

  /** Returns the pieces in the order of their ids. */
  private static ObjectNode vocabulary(Vocabulary vocabulary) {
    ObjectNode json = JSON.createObjectNode();
    vocabulary.ids().entrySet().stream()
        .sorted(Map.Entry.comparingByValue())
        .forEach(entry -> json.put(entry.getKey(), entry.getValue()));
    return json;
  }

  private void write(String name, ObjectNode json) throws IOException {
    JSON.writer(new DefaultPrettyPrinter()).writeValue(directory.resolve(name).toFile(), json);
  }

  private static ModelFormatException inexpressible(ModelConfig config, String why) {
    return new ModelFormatException(
        config.label().name() + " cannot be written as Hugging Face MarianMT: " + why);
  }
}
