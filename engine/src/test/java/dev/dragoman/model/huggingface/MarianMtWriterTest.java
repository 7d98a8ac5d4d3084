// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.huggingface;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.Translation;
import dev.dragoman.TranslationOptions;
import dev.dragoman.Translator;
import dev.dragoman.device.DataType;
import dev.dragoman.device.HostTensor;
import dev.dragoman.model.Model;
import dev.dragoman.model.ModelConfig;
import dev.dragoman.model.ModelFormatException;
import dev.dragoman.model.TinyCTranslate2;
import dev.dragoman.model.TinyMarian;
import dev.dragoman.model.TinyModel;
import dev.dragoman.model.TransformerWeights;
import dev.dragoman.model.formats.Models;
import dev.dragoman.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written reads as the model that it was. */
class MarianMtWriterTest {

  private static final List<String> TEXTS =
      List.of("Bonjour le monde.", "Un homme lit un livre dans le jardin.", "");

  @TempDir Path directory;
  private Path from;
  private Path to;

  @BeforeEach
  void directories() throws IOException {
    from = Files.createDirectory(directory.resolve("from"));
    to = Files.createDirectory(directory.resolve("to"));
  }

  @Test
  void theBundledModelTranslatesAsBefore() throws IOException {
    Model model = Models.open(TinyModel.ROOT.resolve("models/fr-en"));
    assertEquals(List.of(), MarianMtWriter.write(model, to, Optional.empty()));
    Model again = Models.open(to);
    assertSameConfiguration(model.config(), again.config());
    assertSameNumbers(model, again);
    assertEquals(translations(model), translations(again));
  }

  @Test
  void widerNumbersAreTheSameNumbers() throws IOException {
    Model model = Models.open(TinyModel.ROOT.resolve("models/fr-en"));
    MarianMtWriter.write(model, to, Optional.of(DataType.F32));
    Model again = Models.open(to);
    assertEquals(DataType.F32, again.weights().output().weight().type());
    assertSameNumbers(model, again);
  }

  @Test
  void everythingUnusualSurvives() throws IOException {
    TinyModel tiny = new TinyModel(from);
    tiny.set("activation_function", "\"gelu_new\"");
    tiny.set("normalize_before", "true");
    tiny.set("normalize_embedding", "true");
    tiny.set("add_final_layer_norm", "true");
    tiny.set("scale_embedding", "false");
    tiny.set("static_position_embeddings", "false");
    tiny.set("share_encoder_decoder_embeddings", "false");
    tiny.set("tie_word_embeddings", "false");
    tiny.set("decoder_vocab_size", "6");
    tiny.set("layer_norm_eps", "1e-3");
    tiny.set("bad_words_ids", "[[3]]");
    tiny.write("tokenizer_config.json", "{\"separate_vocabs\":true}");
    tiny.write("target_vocab.json", "{\"</s>\":0,\"<unk>\":1,\"▁b\":5}");
    tiny.weights.remove("model.shared.weight").add("final_logits_bias", 1, 6);
    tiny.weights.add("model.encoder.embed_tokens.weight", 5, 4);
    tiny.weights.add("model.decoder.embed_tokens.weight", 6, 4).add("lm_head.weight", 6, 4);
    for (String side : List.of("encoder", "decoder")) {
      TinyModel.norm(tiny.weights, "model." + side + ".layer_norm");
      TinyModel.norm(tiny.weights, "model." + side + ".layernorm_embedding");
      tiny.weights.add("model." + side + ".embed_positions.weight", 8, 4);
    }
    tiny.writeWeights();
    Model model = Models.open(from);
    MarianMtWriter.write(model, to, Optional.empty());
    Model again = Models.open(to);
    assertSameConfiguration(model.config(), again.config());
    assertSameNumbers(model, again);
    assertEquals(1e-3f, again.weights().encoder().layers().get(0).feedForwardNorm().epsilon());
    assertEquals("b", again.tokenizer().decode(new int[] {5}));
  }

  /** Positions that MarianMT does not compute are stored, and a line says so. */
  @Test
  void mariansPositionsSurvive() throws IOException {
    Model model = new TinyMarian().open(from);
    List<String> remarks = MarianMtWriter.write(model, to, Optional.empty());
    Model again = Models.open(to);
    assertSameNumbers(model, again);
    assertEquals(1e-6f, again.weights().encoder().layers().get(0).feedForwardNorm().epsilon());
    assertEquals(letters(model), letters(again));
    assertEquals(
        List.of(
            "positions are stored with the weights, as MarianMT computes others",
            "norms add 1.0E-6 to the variance, where MarianMT always adds 1.0E-5"),
        remarks);
  }

  @Test
  void sharedTablesStayShared() throws IOException {
    new TinyModel(from);
    MarianMtWriter.write(Models.open(from), to, Optional.of(DataType.BF16));
    TransformerWeights weights = Models.open(to).weights();
    assertSame(weights.sourceEmbedding(), weights.targetEmbedding());
    assertSame(weights.sourceEmbedding(), weights.output().weight());
    assertEquals(DataType.BF16, weights.sourceEmbedding().type());
  }

  /** CTranslate2 has no padding token; MarianMT's gets one that is never chosen. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aModelWithoutPaddingTokenGetsOne(boolean oneTable) throws IOException {
    TinyCTranslate2 tiny = new TinyCTranslate2().withSentencePiece();
    if (!oneTable) {
      tiny.weights.aliases.remove("encoder/embeddings_0/weight");
      tiny.weights.add("encoder/embeddings_0/weight", 5, 8);
    }
    Model model = tiny.open(from);
    assertEquals(-1, model.config().tokens().pad());
    MarianMtWriter.write(model, to, Optional.empty());
    Model again = Models.open(to);
    assertEquals(5, again.config().tokens().pad());
    assertEquals(List.of(5), again.config().tokens().suppressed());
    assertEquals(oneTable, again.weights().hasOneTable());
    assertEquals(letters(model), letters(again));
  }

  private static List<Translation> letters(Model model) {
    TranslationOptions options =
        TranslationOptions.defaults()
            .withDevice("cpu")
            .withWorkers(1)
            .withNBest(4)
            .withMaxLength(8);
    try (Translator translator = Translator.load(model, options)) {
      return translator.translate(List.of("a", "ab", "b a b", "x"));
    }
  }

  @Test
  void aTokenizerWithoutAFormIsRefusedByName() throws IOException {
    new TinyModel(from);
    Model model = Models.open(from);
    Tokenizer spaces = new Spaces();
    String message =
        assertThrows(
                ModelFormatException.class,
                () ->
                    MarianMtWriter.write(
                        new Model(model.config(), model.weights(), spaces), to, Optional.empty()))
            .getMessage();
    assertTrue(message.contains("Spaces"), message);
    assertEquals(1, message.lines().count());
  }

  private record Spaces() implements Tokenizer {
    @Override
    public int[] encode(String text) {
      return new int[0];
    }

    @Override
    public List<String> pieces(int[] ids) {
      return List.of();
    }

    @Override
    public String decode(int[] ids) {
      return "";
    }
  }

  /** Asserts that all is the same but for the name, which is the folder's. */
  private static void assertSameConfiguration(ModelConfig one, ModelConfig other) {
    assertEquals(
        one.toString(),
        other.toString().replace("=" + other.label().name(), "=" + one.label().name()));
  }

  private static void assertSameNumbers(Model one, Model other) {
    Map<String, HostTensor> expected = tensors(one);
    Map<String, HostTensor> actual = tensors(other);
    assertEquals(expected.keySet(), actual.keySet());
    expected.forEach(
        (name, tensor) -> {
          assertEquals(tensor.shape(), actual.get(name).shape(), name);
          assertArrayEquals(tensor.floats(), actual.get(name).floats(), name);
        });
  }

  private static Map<String, HostTensor> tensors(Model model) {
    return MarianMtNames.of(model.weights(), MarianMtPositions.STORED);
  }

  private static List<Translation> translations(Model model) {
    TranslationOptions options = TranslationOptions.defaults().withDevice("cpu");
    try (Translator translator = Translator.load(model, options)) {
      return translator.translate(TEXTS);
    }
  }
}
