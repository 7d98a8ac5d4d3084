// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.marian;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.device.Activation;
import dev.dragoman.device.HostTensor;
import dev.dragoman.device.Shape;
import dev.dragoman.model.Model;
import dev.dragoman.model.ModelConfig;
import dev.dragoman.model.ModelConfig.NormPlacement;
import dev.dragoman.model.ModelConfig.Stack;
import dev.dragoman.model.NpzBytes;
import dev.dragoman.model.TinyMarian;
import dev.dragoman.model.TransformerWeights;
import dev.dragoman.model.ZipBytes;
import dev.dragoman.model.formats.Models;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MarianReaderTest {

  @TempDir Path directory;
  private TinyMarian tiny;

  @BeforeEach
  void make() {
    tiny = new TinyMarian();
  }

  @Test
  void readsSizesAndRules() throws IOException {
    Model model = tiny.open(directory);
    ModelConfig config = model.config();
    assertEquals(new Stack(1, 2, 6), config.sizes().encoder());
    assertEquals(new Stack(1, 2, 6), config.sizes().decoder());
    assertEquals(Activation.RELU, config.variant().activation());
    assertEquals(NormPlacement.POST, config.variant().normPlacement());
    assertEquals(2, config.variant().embeddingScale());
    assertEquals(5, config.sizes().targetVocabulary());
    assertEquals(4, config.tokens().start());
    assertEquals(List.of(4), config.tokens().suppressed());
    assertEquals("a no", model.tokenizer().decode(new int[] {2}) + " " + piece(model, 3));
    assertArrayEquals(new int[] {2, 0}, model.tokenizer().encode("a"));
  }

  private static String piece(Model model, int id) {
    return model.tokenizer().pieces(new int[] {id}).get(0);
  }

  /** 1/10,000^(0/1) and 1/10,000^(1/1): Marian divides by half the width less one. */
  @Test
  void positionsAndNormsAreMarians() throws IOException {
    TransformerWeights weights = tiny.open(directory).weights();
    assertEquals(new Shape(1000, 4), weights.sourcePositions().shape());
    float[] positions = Arrays.copyOf(weights.targetPositions().floats(), 8);
    assertArrayEquals(new float[] {0, 0, 1, 1, 0.841471f, 1e-4f, 0.540302f, 1}, positions, 1e-6f);
    assertEquals(1e-6f, weights.decoder().layers().get(0).feedForwardNorm().epsilon());
  }

  /** NumPy has no order for single bytes; Marian's writer names that of its machine. */
  @ParameterizedTest
  @ValueSource(strings = {"<i1", "|i1", ">i1", "=i1", "i1", "|u1", "<u1", "|S1", "<b1"})
  void optionsAreBytesOfAnyType(String type) throws IOException {
    byte[] yaml = tiny.yaml().getBytes(StandardCharsets.UTF_8);
    tiny.arrays.put("special:model.yml", NpzBytes.array(type, "(" + yaml.length + ",)", yaml));
    assertEquals(4, tiny.open(directory).config().sizes().width());
  }

  @Test
  void turnsProductsAround() throws IOException {
    TransformerWeights weights = tiny.open(directory).weights();
    HostTensor first = weights.encoder().layers().get(0).feedForward().first().weight();
    float[] stored = tiny.floats("encoder_l1_ffn_W1");
    assertEquals(new Shape(6, 4), first.shape());
    for (int input = 0; input < 4; input++) {
      for (int output = 0; output < 6; output++) {
        assertEquals(stored[input * 6 + output], first.floats()[output * 4 + input]);
      }
    }
    assertArrayEquals(
        tiny.floats("decoder_l1_context_Wo_ln_bias"),
        weights.decoder().layers().get(0).sourceAttentionNorm().bias().floats());
    assertSame(weights.sourceEmbedding(), weights.output().weight());
    assertEquals(0, weights.sourceEmbedding().floats()[4 * 4 + 3]);
    assertEquals(tiny.floats("Wemb")[7], weights.sourceEmbedding().floats()[7]);
  }

  @Test
  void readsPreNormModels() throws IOException {
    tiny.arrays.keySet().removeIf(name -> name.contains("_ln_"));
    for (String name :
        List.of(
            "encoder_l1_self_Wo",
            "encoder_l1_ffn_ffn",
            "decoder_l1_self_Wo",
            "decoder_l1_context_Wo",
            "decoder_l1_ffn_ffn",
            "encoder_emb",
            "decoder_emb")) {
      tiny.norm(name, "_pre");
    }
    tiny.norm("encoder_top", "").norm("decoder_top", "");
    tiny.options.put("transformer-preprocess", "n");
    tiny.options.put("transformer-postprocess", "da");
    tiny.options.put("transformer-postprocess-top", "n");
    tiny.options.put("transformer-postprocess-emb", "nd");
    Model model = tiny.open(directory);
    assertEquals(NormPlacement.PRE, model.config().variant().normPlacement());
    assertArrayEquals(
        tiny.floats("encoder_l1_self_Wo_ln_scale_pre"),
        model.weights().encoder().layers().get(0).selfAttentionNorm().gain().floats());
    assertArrayEquals(
        tiny.floats("decoder_top_ln_bias"),
        model.weights().decoder().finalNorm().orElseThrow().bias().floats());
    assertTrue(model.weights().encoder().embeddingNorm().isPresent());
  }

  @Test
  void readsTwoVocabulariesAndOwnTables() throws IOException {
    tiny.options.put("tied-embeddings-all", "false");
    tiny.options.put("dim-vocabs", "[4, 3]");
    tiny.arrays.remove("Wemb");
    tiny.matrix("encoder_Wemb", 4, 4).matrix("decoder_Wemb", 3, 4);
    tiny.matrix("decoder_ff_logit_out_W", 4, 3).matrix("decoder_ff_logit_out_b", 1, 3);
    tiny.text("decoder.yml", "models: [model.npz]\nvocabs: [v.yml, w.yml]\n");
    tiny.text("w.yml", "</s>: 0\n<unk>: 1\n\"\\u2581z\": 2\n");
    Model model = tiny.open(directory);
    assertEquals(4, model.config().sizes().sourceVocabulary());
    assertEquals(4, model.config().sizes().targetVocabulary());
    assertEquals(3, model.config().tokens().start());
    assertEquals("z", model.tokenizer().decode(new int[] {2}));
    float[] output = model.weights().output().weight().floats();
    assertEquals(tiny.floats("decoder_ff_logit_out_W")[2 * 3 + 1], output[1 * 4 + 2]);
    assertEquals(0, output[3 * 4]);
  }

  @Test
  void tiesLayersAndOmitsTheOutputBias() throws IOException {
    tiny.options.put("dec-depth", "3");
    tiny.options.put("transformer-tied-layers", "[1, 1, 1]");
    tiny.arrays.remove("decoder_ff_logit_out_b");
    Model model = tiny.open(directory);
    assertEquals(3, model.config().sizes().decoder().layers());
    assertArrayEquals(
        model.weights().decoder().layers().get(0).selfAttention().key().weight().floats(),
        model.weights().decoder().layers().get(2).selfAttention().key().weight().floats());
    assertArrayEquals(new float[5], model.weights().output().bias().floats());
  }

  @Test
  void readsItsZip() throws IOException {
    Path file = directory.resolve("opus.zip");
    Files.write(file, ZipBytes.deflated(tiny.files()));
    Model model = Models.open(file);
    assertEquals("opus.zip", model.config().label().name());
    assertEquals("Marian", model.config().label().format());
    assertEquals(tiny.floats("Wemb")[5], model.weights().sourceEmbedding().floats()[5]);
  }
}
