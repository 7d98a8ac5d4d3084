// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model;

import dev.dragoman.model.formats.Models;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A CTranslate2 model of one layer and five words that tests change, break and put into zips. */
public final class TinyCTranslate2 {

  public static final int WIDTH = 8;
  static final int INNER = 6;
  static final int WORDS = 5;

  public final CTranslate2Bytes weights = new CTranslate2Bytes();
  public final Map<String, byte[]> files = new LinkedHashMap<>();

  public TinyCTranslate2() {
    text(
        "config.json",
        "{\"add_source_eos\":true,\"decoder_start_token\":\"<s>\",\"layer_norm_epsilon\":null}");
    text("shared_vocabulary.json", "[\"<s>\",\"</s>\",\"<unk>\",\"▁a\",\"b\"]");
    for (String side : new String[] {"encoder", "decoder"}) {
      weights.number(side + "/num_heads", 2).number(side + "/pre_norm", 0);
      weights.number(side + "/activation", 2).number(side + "/alibi", 0);
      weights.add(side + "/position_encodings/encodings", 12, WIDTH);
      String layer = side + "/layer_0/";
      norm(layer + "self_attention/layer_norm").norm(layer + "ffn/layer_norm");
      dense(layer + "self_attention/linear_0", 3 * WIDTH, WIDTH);
      dense(layer + "self_attention/linear_1", WIDTH, WIDTH);
      dense(layer + "ffn/linear_0", INNER, WIDTH).dense(layer + "ffn/linear_1", WIDTH, INNER);
    }
    norm("decoder/layer_0/attention/layer_norm");
    dense("decoder/layer_0/attention/linear_0", WIDTH, WIDTH);
    dense("decoder/layer_0/attention/linear_1", 2 * WIDTH, WIDTH);
    dense("decoder/layer_0/attention/linear_2", WIDTH, WIDTH);
    weights.add("decoder/embeddings/weight", WORDS, WIDTH).add("decoder/projection/bias", WORDS);
    weights.aliases.put("encoder/embeddings_0/weight", "decoder/embeddings/weight");
    weights.aliases.put("decoder/projection/weight", "decoder/embeddings/weight");
  }

  public TinyCTranslate2 text(String file, String text) {
    files.put(file, text.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  TinyCTranslate2 dense(String name, int outputs, int inputs) {
    weights.add(name + "/weight", outputs, inputs).add(name + "/bias", outputs);
    return this;
  }

  public TinyCTranslate2 norm(String name) {
    weights.add(name + "/gamma", WIDTH).add(name + "/beta", WIDTH);
    return this;
  }

  public TinyCTranslate2 withSentencePiece() {
    files.put("sentencepiece.model", TinySentencePiece.bytes());
    return this;
  }

  /** Returns all files, the weights among them. */
  public Map<String, byte[]> files() {
    Map<String, byte[]> all = new LinkedHashMap<>(files);
    all.putIfAbsent("model.bin", weights.bytes());
    return all;
  }

  public Model open(Path directory) throws IOException {
    write(files(), directory);
    return Models.open(directory);
  }

  public static void write(Map<String, byte[]> files, Path directory) throws IOException {
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path path = directory.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.write(path, file.getValue());
    }
  }

  /** Returns an Argos package with this model. */
  public Map<String, byte[]> argos() {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    argosFiles().forEach((name, bytes) -> entries.put("translate-fr_en-1_0/" + name, bytes));
    return entries;
  }

  /** Returns the same as Argos unpacks it. */
  public Map<String, byte[]> argosFiles() {
    Map<String, byte[]> all = new LinkedHashMap<>();
    all.put(
        "metadata.json",
        "{\"from_code\":\"fr\",\"to_code\":\"en\"}".getBytes(StandardCharsets.UTF_8));
    all.put("sentencepiece.model", TinySentencePiece.bytes());
    files().forEach((name, bytes) -> all.put("model/" + name, bytes));
    return all;
  }
}
