// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.huggingface;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dragoman.Precision;
import dev.dragoman.Translation;
import dev.dragoman.TranslationOptions;
import dev.dragoman.Translator;
import dev.dragoman.device.DataType;
import dev.dragoman.model.Model;
import dev.dragoman.model.ModelFormatException;
import dev.dragoman.model.TinyCTranslate2;
import dev.dragoman.model.TinyM2m100;
import dev.dragoman.model.TinyModel;
import dev.dragoman.model.formats.Models;
import dev.dragoman.text.LanguageTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** A small M2M-100 says what PyTorch says of it. */
class M2m100ReaderTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;

  @BeforeEach
  void copy() throws IOException {
    TinyCTranslate2.write(TinyM2m100.files(), directory);
  }

  @Test
  void translatesAsPyTorch() throws IOException {
    Model model = Models.open(directory);
    for (JsonNode golden : JSON.readTree(TinyM2m100.FIXTURE.resolve("golden.json").toFile())) {
      Model chosen = model.between(golden.get("from").asText(), golden.get("to").asText());
      int[] source = JSON.convertValue(golden.get("source"), int[].class);
      assertArrayEquals(source, chosen.tokenizer().encode(golden.get("text").asText()));
      Translation translation = translate(chosen, golden.get("text").asText());
      int[] tokens = JSON.convertValue(golden.get("tokens"), int[].class);
      boolean ended = tokens[tokens.length - 1] == 2;
      int[] spoken = ended ? Arrays.copyOf(tokens, tokens.length - 1) : tokens;
      assertEquals(
          chosen.tokenizer().pieces(spoken), translation.hypotheses().get(0).pieces(), "" + golden);
      assertEquals(
          golden.get("sum").asDouble() / tokens.length,
          translation.hypotheses().get(0).score(),
          1e-5,
          "" + golden);
    }
  }

  private static Translation translate(Model model, String text) {
    TranslationOptions options =
        TranslationOptions.defaults()
            .withDevice("cpu")
            .withPrecision(Precision.FLOAT32)
            .withBeamSize(1)
            .withMaxLength(12);
    try (Translator translator = Translator.load(model, options)) {
      return translator.translate(text);
    }
  }

  @Test
  void languagesAreNoText() {
    Model model = Models.open(directory);
    LanguageTokenizer tokenizer = (LanguageTokenizer) model.tokenizer();
    assertEquals(Set.of("de", "en", "fr"), tokenizer.languages());
    assertEquals("Un homme.", tokenizer.decode(new int[] {12, 4, 5, 8, 2}));
    assertEquals(0, tokenizer.from("fr").encode("").length);
    int[] all = IntStream.range(0, 16).toArray();
    assertTrue(!tokenizer.decode(all).contains("__"));
  }

  /** The model is as NLLB has it: all in tokenizer.json, and the language after the end token. */
  @Test
  void readsNllbsFiles() throws IOException {
    String pieces = Files.readString(directory.resolve("vocab.json"));
    Files.delete(directory.resolve("vocab.json"));
    Files.writeString(
        directory.resolve("tokenizer.json"),
        "{\"model\":{\"type\":\"BPE\",\"vocab\":"
            + pieces
            + "},\"added_tokens\":[{\"id\":2,\"content\":\"</s>\"},{\"id\":13,\"content\":"
            + "\"fra_Latn\"},{\"id\":14,\"content\":\"eng_Latn\"}]}");
    Files.writeString(directory.resolve("tokenizer_config.json"), "{\"legacy_behaviour\":true}");
    Model model = Models.open(directory).between("fra_Latn", "eng_Latn");
    assertArrayEquals(new int[] {4, 8, 2, 13}, model.tokenizer().encode("Un."));
    assertEquals(14, model.config().tokens().first().orElseThrow());
  }

  @Test
  void languagesMustBeChosenAndKnown() throws IOException {
    Model model = Models.open(directory);
    TranslationOptions options = TranslationOptions.defaults().withDevice("cpu");
    String none = refusal(() -> Translator.load(model, options));
    assertTrue(
        none.endsWith(
            " translates between 3 languages: choose with the setting source-lang and the setting"
                + " target-lang"),
        none);
    assertTrue(refusal(() -> model.between("fr", "xx")).contains("'xx'; there are de en fr"));
    Model one = Models.open(TinyModel.ROOT.resolve("models/fr-en"));
    assertTrue(refusal(() -> one.between("fr", "en")).contains("two languages only"));
    Path to = Files.createDirectory(directory.resolve("to"));
    String written = refusal(() -> MarianMtWriter.write(model, to, Optional.of(DataType.F32)));
    assertTrue(written.contains("LanguageTokenizer"), written);
  }

  @Test
  void namesTheFileOfASetting() throws IOException {
    Path generation = directory.resolve("generation_config.json");
    Files.writeString(generation, "{\"eos_token_id\":5}");
    assertEquals(
        generation + ": eos_token_id is 5, not 2, the id of </s> in vocab.json",
        refusal(() -> Models.open(directory)));
    Files.writeString(generation, "{\"repetition_penalty\":2.0}");
    assertTrue(refusal(() -> Models.open(directory)).startsWith(generation + ": repetition_pen"));
    Files.writeString(generation, "{\"decoder_start_token_id\":16}");
    assertTrue(refusal(() -> Models.open(directory)).startsWith(generation + ": decoder_start"));
  }

  @Test
  void missingFilesAreNamed() throws IOException {
    Files.delete(directory.resolve("special_tokens_map.json"));
    assertTrue(refusal(() -> Models.open(directory)).contains("tokens of the languages"));
    Files.delete(directory.resolve("vocab.json"));
    assertTrue(refusal(() -> Models.open(directory)).contains("vocab.json is missing"));
  }

  private static String refusal(Executable action) {
    String message = assertThrows(ModelFormatException.class, action).getMessage();
    assertEquals(1, message.lines().count(), message);
    return message;
  }
}
