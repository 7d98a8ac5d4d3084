// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** A MarianMT directory of one layer and five words that tests change and break. */
public final class TinyModel {

  public static final Path ROOT = Path.of(System.getProperty("dragoman.root"));

  static final String CONFIG =
      """
      {"model_type":"marian","d_model":4,"vocab_size":5,"max_position_embeddings":8,
       "encoder_layers":1,"encoder_attention_heads":2,"encoder_ffn_dim":6,
       "decoder_layers":1,"decoder_attention_heads":2,"decoder_ffn_dim":8,
       "activation_function":"relu","scale_embedding":true,
       "decoder_start_token_id":4,"eos_token_id":0,"pad_token_id":4}
      """;

  private static final String VOCABULARY = "{\"</s>\":0,\"<unk>\":1,\"▁a\":2,\"s\":3,\"<pad>\":4}";

  public final Path directory;
  public final SafetensorsBytes weights = weights();

  public TinyModel(Path directory) throws IOException {
    this.directory = directory;
    write("config.json", CONFIG);
    write("vocab.json", VOCABULARY);
    Files.copy(ROOT.resolve("models/fr-en/source.spm"), directory.resolve("source.spm"));
    writeWeights();
  }

  /** Returns all files of such a directory, which opens at once. */
  public static Map<String, byte[]> files() {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("config.json", CONFIG.getBytes(StandardCharsets.UTF_8));
    files.put("vocab.json", VOCABULARY.getBytes(StandardCharsets.UTF_8));
    files.put("source.spm", TinySentencePiece.bytes());
    files.put("model.safetensors", weights().bytes());
    return files;
  }

  /** Returns the files of a model whose weights are in two parts. */
  public static Map<String, byte[]> shardedFiles() {
    SafetensorsBytes rest = weights();
    String first = rest.names().iterator().next();
    String places =
        rest.names().stream()
            .map(name -> "\"%s\":\"%s\"".formatted(name, name.equals(first) ? "a" : "b"))
            .collect(Collectors.joining(",", "{\"weight_map\":{", "}}"));
    Map<String, byte[]> files = files();
    files.remove("model.safetensors");
    files.put("a", new SafetensorsBytes().add(first, 5, 4).bytes());
    files.put("b", rest.bytes());
    files.put("model.safetensors.index.json", places.getBytes(StandardCharsets.UTF_8));
    return files;
  }

  /** Returns the files of a model whose weights are as PyTorch wrote them. */
  public static Map<String, byte[]> pyTorchFiles() {
    Map<String, byte[]> files = files();
    files.remove("model.safetensors");
    try {
      files.put("pytorch_model.bin", Files.readAllBytes(TorchBytes.FIXTURES.resolve("tiny.bin")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  public void write(String file, String text) throws IOException {
    write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  public void write(String file, byte[] bytes) throws IOException {
    Files.write(directory.resolve(file), bytes);
  }

  public void writeWeights() throws IOException {
    write("model.safetensors", weights.bytes());
  }

  /** Sets a field of config.json to a JSON value. */
  public void set(String field, String value) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode config =
        (ObjectNode) mapper.readTree(Files.readAllBytes(directory.resolve("config.json")));
    JsonNode node = mapper.readTree(value);
    config.set(field, node);
    write("config.json", mapper.writeValueAsBytes(config));
  }

  public static SafetensorsBytes weights() {
    SafetensorsBytes weights = new SafetensorsBytes().add("model.shared.weight", 5, 4);
    weights.add("final_logits_bias", 1, 5);
    layer(weights, "model.encoder.layers.0.", 6);
    layer(weights, "model.decoder.layers.0.", 8);
    attention(weights, "model.decoder.layers.0.encoder_attn");
    return norm(weights, "model.decoder.layers.0.encoder_attn_layer_norm");
  }

  private static void layer(SafetensorsBytes weights, String prefix, int inner) {
    attention(weights, prefix + "self_attn");
    norm(weights, prefix + "self_attn_layer_norm");
    weights.add(prefix + "fc1.weight", inner, 4).add(prefix + "fc1.bias", inner);
    weights.add(prefix + "fc2.weight", 4, inner).add(prefix + "fc2.bias", 4);
    norm(weights, prefix + "final_layer_norm");
  }

  private static void attention(SafetensorsBytes weights, String name) {
    for (String product : new String[] {".q_proj", ".k_proj", ".v_proj", ".out_proj"}) {
      weights.add(name + product + ".weight", 4, 4).add(name + product + ".bias", 4);
    }
  }

  public static SafetensorsBytes norm(SafetensorsBytes weights, String name) {
    return weights.add(name + ".weight", 4).add(name + ".bias", 4);
  }
}
