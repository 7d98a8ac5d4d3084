// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.huggingface;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.device.Activation;
import dev.dragoman.device.HostTensor;
import dev.dragoman.device.Shape;
import dev.dragoman.model.Model;
import dev.dragoman.model.ModelConfig;
import dev.dragoman.model.ModelConfig.NormPlacement;
import dev.dragoman.model.ModelConfig.Stack;
import dev.dragoman.model.ModelFormatException;
import dev.dragoman.model.TinyModel;
import dev.dragoman.model.TransformerWeights;
import dev.dragoman.model.formats.Models;
import dev.dragoman.model.tensors.Sinusoids;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MarianMtReaderTest {

  @TempDir Path directory;
  private TinyModel tiny;

  @BeforeEach
  void write() throws IOException {
    tiny = new TinyModel(directory);
  }

  @Test
  void readsTheBundledModel() {
    Model model = Models.open(TinyModel.ROOT.resolve("models/fr-en"));
    ModelConfig config = model.config();
    assertEquals("fr-en", config.label().name());
    assertEquals(new Stack(6, 4, 1024), config.sizes().encoder());
    assertEquals(new Stack(6, 4, 1024), config.sizes().decoder());
    assertEquals(Activation.SWISH, config.variant().activation());
    assertEquals(NormPlacement.POST, config.variant().normPlacement());
    assertEquals(16, config.variant().embeddingScale());
    assertEquals(8000, config.tokens().start());
    assertEquals(List.of(8000), config.tokens().suppressed());
    assertSame(model.weights().sourceEmbedding(), model.weights().output().weight());
    assertEquals(Shape.vector(8001), model.weights().output().bias().shape());
    assertTrue(model.weights().encoder().finalNorm().isEmpty());
  }

  /** A setting is refused in the file that it was read from. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "forced_bos_token_id | 5 | not supported; only null is",
        "forced_eos_token_id | 3 | not eos_token_id, which is 0",
        "decoder_start_token_id | 5 | not an integer from 0 to 4",
        "eos_token_id | 2 | not 0, the id of </s> in vocab.json",
        "pad_token_id | -1 | not an integer from 0 to 4",
        "bad_words_ids | [[1,2]] | not a list of single tokens",
        "bad_words_ids | [{\"a\":1}] | not a list of single tokens",
        "bad_words_ids | [1] | not a list of single tokens",
        "bad_words_ids | {\"a\":[1]} | not a list of single tokens",
        "bad_words_ids | 5 | not a list of single tokens",
        "bad_words_ids | [[9]] | not a list of ids from 0 to 4",
        "bad_words_ids | [[0]] | not possible: no translation could end",
        "repetition_penalty | 1.2 | not supported; only 1.0 is",
        "no_repeat_ngram_size | 3 | not supported; only 0.0 is",
        "suppress_tokens | [1] | not supported; only null is",
        "forced_decoder_ids | [[1,2]] | not supported; only null is",
        "exponential_decay_length_penalty | [5,1.1] | not supported; only null is",
        "sequence_bias | [1] | not supported; only null is",
      })
  void namesTheFileOfASetting(String field, String value, String wanted) throws IOException {
    String said = ": " + field + " is " + value + ", " + wanted;
    tiny.write("generation_config.json", "{\"%s\":%s}".formatted(field, value));
    assertRefused(directory.resolve("generation_config.json") + said);
    tiny.write("generation_config.json", "{\"max_length\":7}");
    tiny.set(field, value);
    assertRefused(directory.resolve("config.json") + said);
  }

  private void assertRefused(String begin) {
    String message =
        assertThrows(ModelFormatException.class, () -> Models.open(directory)).getMessage();
    assertTrue(message.startsWith(begin), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"config.json", "vocab.json", "source.spm"})
  void refusesATextThatIsFarTooLargeBeforeItIsRead(String name) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(directory.resolve(name).toFile(), "rw")) {
      file.setLength(5L << 30); // holes, not bytes
    }
    String message =
        assertThrows(ModelFormatException.class, () -> Models.open(directory)).getMessage();
    assertEquals(
        directory.resolve(name) + " has 5368709120 bytes; at most 268435456 are supported",
        message);
  }

  @Test
  void takesSizesAndRulesFromTheConfiguration() throws IOException {
    tiny.set("activation_function", "\"gelu_new\"");
    tiny.set("normalize_before", "true");
    tiny.set("scale_embedding", "false");
    tiny.set("bad_words_ids", "[[3],[4]]");
    ModelConfig config = Models.open(directory).config();
    assertEquals(new Stack(1, 2, 6), config.sizes().encoder());
    assertEquals(new Stack(1, 2, 8), config.sizes().decoder());
    assertEquals(Activation.GELU_TANH, config.variant().activation());
    assertEquals(NormPlacement.PRE, config.variant().normPlacement());
    assertEquals(1, config.variant().embeddingScale());
    assertEquals(List.of(3, 4), config.tokens().suppressed());
  }

  @Test
  void generationConfigurationOverrides() throws IOException {
    tiny.set("bad_words_ids", "[[3]]");
    tiny.write("generation_config.json", "{\"bad_words_ids\":[[2]],\"decoder_start_token_id\":1}");
    ModelConfig config = Models.open(directory).config();
    assertEquals(List.of(2, 4), config.tokens().suppressed());
    assertEquals(1, config.tokens().start());
  }

  @Test
  void readsSeparateVocabulariesAndTables() throws IOException {
    tiny.set("share_encoder_decoder_embeddings", "false");
    tiny.set("tie_word_embeddings", "false");
    tiny.set("decoder_vocab_size", "6");
    tiny.write("tokenizer_config.json", "{\"separate_vocabs\":true}");
    tiny.write("target_vocab.json", "{\"</s>\":0,\"<unk>\":1,\"▁b\":5}");
    tiny.weights.remove("model.shared.weight").remove("final_logits_bias");
    tiny.weights.add("model.encoder.embed_tokens.weight", 5, 4);
    tiny.weights.add("model.decoder.embed_tokens.weight", 6, 4).add("lm_head.weight", 6, 4);
    tiny.writeWeights();
    Model model = Models.open(directory);
    assertEquals(new Shape(5, 4), model.weights().sourceEmbedding().shape());
    assertEquals("lm_head.weight", model.weights().output().weight().name());
    assertNotSame(model.weights().targetEmbedding(), model.weights().output().weight());
    assertArrayEquals(new float[6], model.weights().output().bias().floats());
    assertEquals("b", model.tokenizer().decode(new int[] {5}));
  }

  @Test
  void readsOptionalNormsAndPositions() throws IOException {
    tiny.set("normalize_embedding", "true");
    tiny.set("add_final_layer_norm", "true");
    tiny.set("static_position_embeddings", "false");
    for (String side : List.of("encoder", "decoder")) {
      TinyModel.norm(tiny.weights, "model." + side + ".layer_norm");
      TinyModel.norm(tiny.weights, "model." + side + ".layernorm_embedding");
      tiny.weights.add("model." + side + ".embed_positions.weight", 8, 4);
    }
    tiny.writeWeights();
    TransformerWeights weights = Models.open(directory).weights();
    assertTrue(weights.encoder().embeddingNorm().isPresent());
    assertTrue(weights.decoder().finalNorm().isPresent());
    assertEquals("model.decoder.embed_positions.weight", weights.targetPositions().name());
  }

  @Test
  void sinusoidsAreSinesThenCosines() {
    HostTensor table = Sinusoids.table(3, 4);
    float[] expected = {
      0f, 0f, 1f, 1f, //
      0.84147096f, 0.009999833f, 0.5403023f, 0.99995f, //
      0.9092974f, 0.019998666f, -0.41614684f, 0.9998f
    };
    assertArrayEquals(expected, table.floats(), 1e-7f);
  }
}
