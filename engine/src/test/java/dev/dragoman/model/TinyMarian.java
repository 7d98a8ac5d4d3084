package dev.dragoman.model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** A Marian model of one layer and four words that tests change, break and put into zips. */
final class TinyMarian {

  static final int WIDTH = 4;
  static final int WORDS = 4;

  final Map<String, String> options = new LinkedHashMap<>();
  final Map<String, byte[]> arrays = new LinkedHashMap<>();
  final Map<String, byte[]> files = new LinkedHashMap<>();
  private final Map<String, float[]> numbers = new LinkedHashMap<>();
  private final Random random = new Random(5);

  TinyMarian() {
    String yaml =
        """
        type: transformer
        dim-emb: 4
        dim-vocabs: [4, 4]
        enc-depth: 1
        dec-depth: 1
        tied-embeddings-all: true
        transformer-heads: 2
        transformer-dim-ffn: 6
        transformer-ffn-activation: relu
        transformer-preprocess: ""
        transformer-postprocess: dan
        version: v1.9.0
        """;
    yaml.lines()
        .forEach(line -> options.put(line.replaceAll(":.*", ""), line.replaceAll("^[^:]*: ", "")));
    text("decoder.yml", "models:\n  - model.npz\nvocabs:\n  - v.yml\n  - v.yml\nnormalize: 1\n");
    text("v.yml", "\"</s>\": 0\n\"<unk>\": 1\n\"\\u2581a\": 2\nno: 3\n");
    files.put("source.spm", TinySentencePiece.bytes());
    matrix("Wemb", WORDS, WIDTH).matrix("decoder_ff_logit_out_b", 1, WORDS);
    layer("encoder_l1_", "");
    layer("decoder_l1_", "");
    attention("decoder_l1_context", "");
  }

  TinyMarian text(String file, String text) {
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

  TinyMarian norm(String name, String suffix) {
    return matrix(name + "_ln_scale" + suffix, 1, WIDTH)
        .matrix(name + "_ln_bias" + suffix, 1, WIDTH);
  }

  /** Seeded float32 numbers. */
  TinyMarian matrix(String name, int rows, int columns) {
    ByteBuffer data =
        ByteBuffer.allocate(rows * columns * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
      data.putFloat(values[i]);
    }
    numbers.put(name, values);
    arrays.put(name, ZipBytes.array("<f4", "(" + rows + ", " + columns + ")", data.array()));
    return this;
  }

  float[] floats(String name) {
    return numbers.get(name);
  }

  /** Puts these bytes where the options are. */
  TinyMarian optionsAre(byte[] yaml) {
    arrays.put("special:model.yml", ZipBytes.array("|i1", "(" + yaml.length + ",)", yaml));
    return this;
  }

  byte[] npz() throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    arrays.forEach((name, array) -> entries.put(name + ".npy", array));
    StringBuilder yaml = new StringBuilder();
    options.forEach((option, value) -> yaml.append(option + ": " + value + "\n"));
    byte[] text = yaml.append('\0').toString().getBytes(StandardCharsets.UTF_8);
    entries.putIfAbsent(
        "special:model.yml.npy", ZipBytes.array("|i1", "(" + text.length + ",)", text));
    return ZipBytes.stored(entries);
  }

  Map<String, byte[]> files() throws IOException {
    Map<String, byte[]> all = new LinkedHashMap<>(files);
    if (!all.containsKey("model.npz")) {
      all.put("model.npz", npz());
    }
    return all;
  }

  Model open(Path directory) throws IOException {
    TinyCTranslate2.write(files(), directory);
    return Models.open(directory);
  }
}
