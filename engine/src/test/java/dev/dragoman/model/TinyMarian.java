// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model;

import dev.dragoman.model.formats.Models;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A Marian model of one layer and four words that tests change, break and put into zips. */
public final class TinyMarian {

  static final int WIDTH = 4;
  static final int WORDS = 4;
  private static final String STORED_OPTIONS = "special:model.yml";

  /** What Marian v1.12 stores of its options, lists on one line. */
  private static final String OPTIONS =
      """
      bert-train-type-embeddings: true
      bert-type-vocab-size: 2
      dec-cell: gru
      dec-cell-base-depth: 2
      dec-cell-high-depth: 1
      dec-depth: 1
      dim-emb: 4
      dim-rnn: 1024
      dim-vocabs: [4, 4]
      enc-cell: gru
      enc-cell-depth: 1
      enc-depth: 1
      enc-type: bidirectional
      factors-combine: sum
      factors-dim-emb: 0
      input-types: []
      layer-normalization: false
      lemma-dependency: ""
      lemma-dim-emb: 0
      output-omit-bias: false
      right-left: false
      separator-symbol: "[eos]"
      skip: false
      tied-embeddings: false
      tied-embeddings-all: true
      tied-embeddings-src: false
      transformer-aan-activation: swish
      transformer-aan-depth: 2
      transformer-aan-nogate: false
      transformer-alibi-shift: false
      transformer-alibi-trainable: false
      transformer-attention-mask: default
      transformer-decoder-autoreg: self-attention
      transformer-decoder-dim-ffn: 0
      transformer-decoder-ffn-depth: 0
      transformer-dim-aan: 2048
      transformer-dim-ffn: 6
      transformer-disable-position-embeddings: false
      transformer-ffn-activation: relu
      transformer-ffn-depth: 2
      transformer-guided-alignment-layer: last
      transformer-heads: 2
      transformer-no-affine: false
      transformer-no-bias: false
      transformer-no-projection: false
      transformer-pool: false
      transformer-postprocess: dan
      transformer-postprocess-emb: d
      transformer-postprocess-top: ""
      transformer-preprocess: ""
      transformer-rnn-projection: false
      transformer-tied-layers: []
      transformer-train-position-embeddings: false
      type: transformer
      ulr: false
      ulr-dim-emb: 0
      ulr-trainable-transformation: false
      version: v1.12.43 c9f287db 2025-06-23 19:47:45 +0000
      """;

  public final Map<String, String> options = new TreeMap<>();
  public final Map<String, byte[]> arrays = new LinkedHashMap<>();
  public final Map<String, byte[]> files = new LinkedHashMap<>();
  private final Map<String, float[]> numbers = new LinkedHashMap<>();
  private final Random random = new Random(5);

  public TinyMarian() {
    OPTIONS
        .lines()
        .forEach(line -> options.put(line.replaceAll(":.*", ""), line.replaceAll("^[^:]*: ", "")));
    text("decoder.yml", "models:\n  - model.npz\nvocabs:\n  - v.yml\n  - v.yml\nnormalize: 1\n");
    text("v.yml", "\"</s>\": 0\n\"<unk>\": 1\n\"\\u2581a\": 2\nno: 3\n");
    files.put("source.spm", TinySentencePiece.bytes());
    matrix("Wemb", WORDS, WIDTH).matrix("decoder_ff_logit_out_b", 1, WORDS);
    layer("encoder_l1_", "");
    layer("decoder_l1_", "");
    attention("decoder_l1_context", "");
  }

  public TinyMarian text(String file, String text) {
    files.put(file, text.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  TinyMarian layer(String prefix, String suffix) {
    attention(prefix + "self", suffix);
    matrix(prefix + "ffn_W1", WIDTH, 6).matrix(prefix + "ffn_b1", 1, 6);
    matrix(prefix + "ffn_W2", 6, WIDTH).matrix(prefix + "ffn_b2", 1, WIDTH);
    return norm(prefix + "ffn_ffn", suffix);
  }

  TinyMarian attention(String name, String suffix) {
    for (String part : new String[] {"q", "k", "v", "o"}) {
      matrix(name + "_W" + part, WIDTH, WIDTH).matrix(name + "_b" + part, 1, WIDTH);
    }
    return norm(name + "_Wo", suffix);
  }

  public TinyMarian norm(String name, String suffix) {
    return matrix(name + "_ln_scale" + suffix, 1, WIDTH)
        .matrix(name + "_ln_bias" + suffix, 1, WIDTH);
  }

  /** Adds a matrix of seeded float32 numbers. */
  public TinyMarian matrix(String name, int rows, int columns) {
    ByteBuffer data =
        ByteBuffer.allocate(rows * columns * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
      data.putFloat(values[i]);
    }
    numbers.put(name, values);
    arrays.put(name, NpzBytes.array("<f4", "(" + rows + ", " + columns + ")", data.array()));
    return this;
  }

  public float[] floats(String name) {
    return numbers.get(name);
  }

  /** Puts these bytes where the options are. */
  TinyMarian optionsAre(byte[] yaml) {
    arrays.put(STORED_OPTIONS, NpzBytes.bytes(yaml));
    return this;
  }

  /** Returns the options as Marian writes them: by name, a list's entries below each other. */
  public String yaml() {
    return options.entrySet().stream()
        .map(option -> option.getKey() + ":" + value(option.getValue()))
        .collect(Collectors.joining("\n"));
  }

  private static String value(String value) {
    if (!value.startsWith("[")) {
      return " " + value;
    }
    return value.equals("[]")
        ? "\n  []"
        : "\n  - " + value.substring(1, value.length() - 1).replace(", ", "\n  - ");
  }

  public byte[] npz() {
    Map<String, byte[]> all = new LinkedHashMap<>(arrays);
    all.putIfAbsent(STORED_OPTIONS, NpzBytes.text(yaml()));
    return NpzBytes.archive(all);
  }

  public Map<String, byte[]> files() {
    Map<String, byte[]> all = new LinkedHashMap<>(files);
    if (!all.containsKey("model.npz")) {
      all.put("model.npz", npz());
    }
    return all;
  }

  public Model open(Path directory) throws IOException {
    TinyCTranslate2.write(files(), directory);
    return Models.open(directory);
  }
}
