// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.ctranslate2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.device.Activation;
import dev.dragoman.device.HostTensor;
import dev.dragoman.device.Shape;
import dev.dragoman.model.CTranslate2Bytes;
import dev.dragoman.model.Model;
import dev.dragoman.model.ModelConfig;
import dev.dragoman.model.ModelConfig.Alignment;
import dev.dragoman.model.ModelConfig.NormPlacement;
import dev.dragoman.model.ModelConfig.Stack;
import dev.dragoman.model.TinyCTranslate2;
import dev.dragoman.model.TinySentencePiece;
import dev.dragoman.model.TransformerWeights;
import dev.dragoman.model.TransformerWeights.Attention;
import dev.dragoman.model.ZipBytes;
import dev.dragoman.model.formats.Models;
import dev.dragoman.model.tensors.Sinusoids;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CTranslate2ReaderTest {

  private static final int SQUARE = TinyCTranslate2.WIDTH * TinyCTranslate2.WIDTH;
  private static final String FUSED = "decoder/layer_0/self_attention/linear_0/weight";

  @TempDir Path directory;
  private final TinyCTranslate2 tiny = new TinyCTranslate2();

  @Test
  void findsEachWeightUnderItsName() throws IOException {
    TransformerWeights weights = tiny.open(directory).weights();
    Attention self = weights.decoder().layers().get(0).selfAttention();
    assertPart(FUSED, 0, self.query().weight());
    assertPart(FUSED, 1, self.key().weight());
    assertPart(FUSED, 2, self.value().weight());
    assertPart("decoder/layer_0/self_attention/linear_1/weight", 0, self.output().weight());
    Attention source = weights.decoder().layers().get(0).sourceAttention();
    assertPart("decoder/layer_0/attention/linear_0/weight", 0, source.query().weight());
    assertPart("decoder/layer_0/attention/linear_1/weight", 0, source.key().weight());
    assertPart("decoder/layer_0/attention/linear_1/weight", 1, source.value().weight());
    assertPart("decoder/layer_0/attention/linear_2/weight", 0, source.output().weight());
    float[] bias = tiny.weights.floats("decoder/layer_0/attention/linear_1/bias");
    assertArrayEquals(Arrays.copyOfRange(bias, 8, 16), source.value().bias().floats());
    assertArrayEquals(
        tiny.weights.floats("encoder/layer_0/ffn/linear_1/weight"),
        weights.encoder().layers().get(0).feedForward().second().weight().floats());
    assertArrayEquals(
        tiny.weights.floats("encoder/layer_0/ffn/layer_norm/beta"),
        weights.encoder().layers().get(0).feedForwardNorm().bias().floats());
    assertArrayEquals(
        tiny.weights.floats("encoder/position_encodings/encodings"),
        weights.sourcePositions().floats());
    assertSame(weights.targetEmbedding(), weights.sourceEmbedding());
    assertSame(weights.targetEmbedding(), weights.output().weight());
  }

  private void assertPart(String name, int index, HostTensor actual) {
    float[] all = tiny.weights.floats(name);
    float[] part = Arrays.copyOfRange(all, index * SQUARE, (index + 1) * SQUARE);
    assertEquals(new Shape(8, 8), actual.shape());
    assertArrayEquals(part, actual.floats(), name);
  }

  /** In CTranslate2, a negative layer is counted from the end, and 0 heads stand for all. */
  @ParameterizedTest
  @CsvSource({"-1, 1, 0, 1", "0, 2, 0, 2", "-1, 0, 0, 2"})
  void readsWhichAttentionIsTheAlignment(int layer, int heads, int wantedLayer, int wantedHeads)
      throws IOException {
    tiny.weights.number("decoder/alignment_layer", layer).number("decoder/alignment_heads", heads);
    assertEquals(
        new Alignment(wantedLayer, wantedHeads), tiny.open(directory).config().alignment());
  }

  @Test
  void theUsualAlignmentIsTheLastLayersFirstHead() throws IOException {
    assertEquals(new Alignment(0, 1), tiny.open(directory).config().alignment());
  }

  /** CTranslate2's converter of MarianMT leaves the end token to Marian's tokenizer. */
  @ParameterizedTest
  @CsvSource({"source.spm, 2", "sentencepiece.model, 1"})
  void mariansPiecesEndASource(String pieces, int tokens) throws IOException {
    tiny.text("config.json", "{\"add_source_eos\":false,\"decoder_start_token\":\"<s>\"}");
    tiny.files.put(pieces, TinySentencePiece.bytes());
    assertEquals(tokens, tiny.open(directory).tokenizer().encode("a").length);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5, 6})
  void readsEveryVersion(int version) throws IOException {
    tiny.weights.version = version;
    ModelConfig config = tiny.open(directory).config();
    assertEquals(new Stack(1, 2, 6), config.sizes().encoder());
    assertEquals(Activation.SWISH, config.variant().activation());
    assertEquals(NormPlacement.POST, config.variant().normPlacement());
    assertEquals(12, config.sizes().maxPositions());
    assertEquals((float) Math.sqrt(8), config.variant().embeddingScale());
  }

  @Test
  void readsTheOldestVersion() throws IOException {
    tiny.weights.version = 2;
    tiny.weights.kind = "TransformerBase";
    tiny.weights.revision = 2;
    tiny.weights.variables.keySet().removeIf(name -> name.contains("position_encodings"));
    for (String side : List.of("encoder", "decoder")) {
      for (String option : List.of("/num_heads", "/pre_norm", "/activation", "/alibi")) {
        tiny.weights.remove(side + option);
      }
      tiny.norm(side + "/layer_norm");
    }
    tiny.weights.aliases.clear();
    tiny.weights.add("encoder/embeddings/weight", 4, 8).add("decoder/projection/weight", 5, 8);
    tiny.files.clear();
    tiny.text("source_vocabulary.txt", "<blank>\r\n<s>\r\n</s>\r\n");
    tiny.text("target_vocabulary.txt", "<blank>\n<s>\n</s>\nx\n");
    Model model = tiny.open(directory);
    ModelConfig config = model.config();
    assertEquals(new Stack(1, 8, 6), config.sizes().decoder());
    assertEquals(Activation.RELU, config.variant().activation());
    assertEquals(NormPlacement.PRE, config.variant().normPlacement());
    assertEquals(4, config.sizes().sourceVocabulary());
    assertEquals(1, config.tokens().start());
    assertEquals(2, config.tokens().end());
    assertEquals(4, config.tokens().unknown());
    assertEquals(List.of(), config.tokens().suppressed());
    assertTrue(model.weights().decoder().finalNorm().isPresent());
    // The first position is 1, and the second of four wavelengths is 10,000^(1/3).
    assertEquals(Math.sin(1), model.weights().sourcePositions().floats()[0], 1e-7);
    assertEquals(
        Math.cos(3 / Math.cbrt(10_000)),
        model.weights().sourcePositions().floats()[2 * 8 + 4 + 1],
        1e-7);
    assertArrayEquals(new int[] {3, 1}, model.tokenizer().encode("x <s>"));
    assertArrayEquals(new int[0], model.tokenizer().encode(" <s> </s>"));
    assertEquals("x <s>", model.tokenizer().decode(new int[] {3, 1}));
  }

  @Test
  void dequantizes() throws IOException {
    ByteBuffer scales = CTranslate2Bytes.buffer(8 * Float.BYTES);
    byte[] bytes = new byte[SQUARE];
    for (int i = 0; i < SQUARE; i++) {
      bytes[i] = (byte) (i * 5 - 128);
    }
    for (int row = 0; row < 8; row++) {
      scales.putFloat(1 << row);
    }
    String eight = "encoder/layer_0/self_attention/linear_1/weight";
    tiny.weights.put(eight, CTranslate2Bytes.INT8, bytes, 8, 8);
    tiny.weights.put(eight + "_scale", CTranslate2Bytes.FLOAT32, CTranslate2Bytes.array(scales), 8);
    String sixteen = "decoder/layer_0/attention/linear_0/weight";
    byte[] shorts = new byte[2 * SQUARE];
    shorts[3] = (byte) 0xff; // -256 as the second number
    tiny.weights.put(sixteen, CTranslate2Bytes.INT16, shorts, 8, 8);
    tiny.weights.real(sixteen + "_scale", 512);
    TransformerWeights weights = tiny.open(directory).weights();
    float[] actual = weights.encoder().layers().get(0).selfAttention().output().weight().floats();
    for (int i = 0; i < SQUARE; i++) {
      assertEquals(bytes[i] / (float) (1 << (i / 8)), actual[i]);
    }
    float[] query = weights.decoder().layers().get(0).sourceAttention().query().weight().floats();
    assertEquals(-0.5f, query[1]);
  }

  @Test
  void readsHalfPrecisionAndOldScales() throws IOException {
    String name = "decoder/projection/bias";
    ByteBuffer halves = CTranslate2Bytes.buffer(10);
    tiny.weights.put(
        name, CTranslate2Bytes.FLOAT16, CTranslate2Bytes.array(halves.putShort((short) 0x3c00)), 5);
    assertEquals(1f, tiny.open(directory).weights().output().bias().floats()[0]);
    ByteBuffer brains = CTranslate2Bytes.buffer(10);
    tiny.weights.put(
        name,
        CTranslate2Bytes.BFLOAT16,
        CTranslate2Bytes.array(brains.putShort((short) 0x4000)),
        5);
    assertEquals(2f, tiny.open(directory).weights().output().bias().floats()[0]);
    ByteBuffer old = CTranslate2Bytes.buffer(10);
    tiny.weights.put(
        name, CTranslate2Bytes.INT16, CTranslate2Bytes.array(old.putShort((short) 500)), 5);
    assertEquals(0.5f, tiny.open(directory).weights().output().bias().floats()[0], 1e-7f);
  }

  @Test
  void readsOptionalParts() throws IOException {
    for (String side : List.of("encoder", "decoder")) {
      tiny.norm(side + "/layer_norm").norm(side + "/layernorm_embedding");
      tiny.weights.number(side + "/pre_norm", 1).number(side + "/activation", 1);
      tiny.weights.real(side + "/scale_embeddings", 3);
    }
    tiny.weights.remove("encoder/layer_0/ffn/linear_1/bias");
    tiny.text("config.json", "{\"layer_norm_epsilon\":1e-6,\"decoder_start_token\":\"</s>\"}");
    Model model = tiny.open(directory);
    assertEquals(NormPlacement.PRE, model.config().variant().normPlacement());
    assertEquals(Activation.GELU_TANH, model.config().variant().activation());
    assertEquals(3, model.config().variant().embeddingScale());
    assertEquals(1, model.config().tokens().start());
    TransformerWeights weights = model.weights();
    assertEquals(1e-6f, weights.encoder().finalNorm().orElseThrow().epsilon());
    assertTrue(weights.decoder().embeddingNorm().isPresent());
    assertArrayEquals(
        new float[8], weights.encoder().layers().get(0).feedForward().second().bias().floats());
    tiny.weights.number("encoder/scale_embeddings", 0).number("decoder/scale_embeddings", 0);
    assertEquals(1, tiny.open(directory).config().variant().embeddingScale());
  }

  @Test
  void startsFromZero() throws IOException {
    tiny.weights.number("decoder/start_from_zero_embedding", 1);
    tiny.text("config.json", "{\"decoder_start_token\":\"not a token\"}");
    Model model = tiny.open(directory);
    assertEquals(5, model.config().tokens().start());
    assertEquals(List.of(5), model.config().tokens().suppressed());
    assertEquals(6, model.config().sizes().targetVocabulary());
    float[] table = model.weights().targetEmbedding().floats();
    assertArrayEquals(new float[8], Arrays.copyOfRange(table, 40, 48));
    assertArrayEquals(tiny.weights.floats("decoder/embeddings/weight"), Arrays.copyOf(table, 40));
    assertSame(model.weights().targetEmbedding(), model.weights().output().weight());
  }

  @Test
  void addsWhatTheConfigurationAsksFor() throws IOException {
    assertArrayEquals(new int[] {4, 2, 1}, tiny.open(directory).tokenizer().encode("b  zzz"));
    tiny.text("config.json", "{\"add_source_bos\":true}");
    assertArrayEquals(new int[] {0, 4}, tiny.open(directory).tokenizer().encode("b"));
    tiny.withSentencePiece();
    int[] ids = tiny.open(directory).tokenizer().encode("a");
    assertArrayEquals(new int[] {0, 3}, ids);
    assertEquals("a", tiny.open(directory).tokenizer().decode(new int[] {3}));
  }

  @Test
  void positionsInHalfPrecisionAreComputedIfTheyAreSinusoids() throws IOException {
    float[] exact = Sinusoids.table(12, 8).floats();
    ByteBuffer rounded = CTranslate2Bytes.buffer(exact.length * 2);
    for (float value : exact) {
      rounded.putShort((short) ((Float.floatToRawIntBits(value) + 0x8000) >>> 16));
    }
    String name = "encoder/position_encodings/encodings";
    tiny.weights.put(name, CTranslate2Bytes.BFLOAT16, CTranslate2Bytes.array(rounded), 12, 8);
    assertArrayEquals(exact, tiny.open(directory).weights().sourcePositions().floats());
    rounded.putShort(2, (short) 0x4000);
    tiny.weights.put(name, CTranslate2Bytes.BFLOAT16, CTranslate2Bytes.array(rounded), 12, 8);
    float[] other = tiny.open(directory).weights().sourcePositions().floats();
    assertEquals(2f, other[1]);
  }

  /**
   * The package lies as Argos leaves it on disk, with folders for other programs beside the model.
   */
  @Test
  void readsAnArgosPackageThatHasBeenUnpacked() throws IOException {
    Path unpacked = directory.resolve("packages/fr-en");
    TinyCTranslate2.write(tiny.argosFiles(), unpacked);
    Files.createDirectories(unpacked.resolve("stanza"));
    Path archive = Files.write(directory.resolve("fr-en"), ZipBytes.deflated(tiny.argos()));
    Model model = Models.open(unpacked);
    Model packed = Models.open(archive);
    assertEquals(packed.config(), model.config());
    assertArrayEquals(packed.tokenizer().encode("ab a"), model.tokenizer().encode("ab a"));
    assertArrayEquals(
        packed.weights().targetEmbedding().floats(), model.weights().targetEmbedding().floats());
  }

  @Test
  void readsAnArgosPackage() throws IOException {
    Path file = directory.resolve("fr-en.argosmodel");
    Files.write(file, ZipBytes.deflated(tiny.argos()));
    Model model = Models.open(file);
    assertEquals("fr-en.argosmodel", model.config().label().name());
    assertEquals("Argos Translate", model.config().label().format());
    assertArrayEquals(new int[] {3, 1}, model.tokenizer().encode("a"));
    assertPart(
        "decoder/layer_0/attention/linear_0/weight",
        0,
        model.weights().decoder().layers().get(0).sourceAttention().query().weight());
    try (var left = Files.list(directory)) {
      assertEquals(1, left.count(), "nothing is unpacked");
    }
  }
}
