// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.huggingface;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.dragoman.model.Model;
import dev.dragoman.model.ModelFormatException;
import dev.dragoman.model.TinyCTranslate2;
import dev.dragoman.model.TinyM2m100;
import dev.dragoman.model.TinyModel;
import dev.dragoman.model.TinySentencePiece;
import dev.dragoman.model.formats.Models;
import dev.dragoman.text.MarianTokenizer;
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
import org.junit.jupiter.params.provider.CsvSource;

/** Added tokens are used, or the model is refused in the file that adds them. */
class AddedVocabularyTest {

  private static final int TIER = 5;
  private static final String DECODER =
      "{\"added_tokens_decoder\":{\"5\":{\"content\":\"<tier>\",\"lstrip\":false,"
          + "\"normalized\":true,\"rstrip\":false,\"single_word\":false,\"special\":%s}}}";

  @TempDir Path directory;
  private TinyModel tiny;

  /** Writes a model with seven words, of which the vocabulary names five. */
  @BeforeEach
  void write() throws IOException {
    tiny = new TinyModel(directory);
    tiny.weights.remove("model.shared.weight").remove("final_logits_bias");
    tiny.weights.add("model.shared.weight", 7, 4).add("final_logits_bias", 1, 7);
    tiny.writeWeights();
    tiny.set("vocab_size", "7");
    tiny.write("source.spm", TinySentencePiece.bytes());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "added_tokens.json | {\"<tier>\":5}",
        "tokenizer_config.json | " + "{\"added_tokens_decoder\":{\"5\":{\"content\":\"<tier>\"}}}",
        "tokenizer.json | {\"added_tokens\":[{\"id\":5,\"content\":\"<tier>\"}]}",
      })
  void eachFileAddsThem(String file, String json) throws IOException {
    assertArrayEquals(new int[] {2, 1, 0}, encode("a<tier>a"));
    tiny.write(file, json);
    assertArrayEquals(new int[] {2, TIER, 2, 0}, encode("a<tier> a"));
    assertArrayEquals(new int[] {TIER, 0}, encode("<tier>"));
    Tokenizer tokenizer = Models.open(directory).tokenizer();
    assertEquals("a <tier> a", tokenizer.decode(new int[] {2, TIER, 2}));
    assertEquals(List.of("<tier>"), tokenizer.pieces(new int[] {TIER}));
    assertArrayEquals(new int[] {TIER, 0}, tokenizer.ofPieces().encode("<tier>"));
  }

  @Test
  void specialOnesAreNoTextOfATranslation() throws IOException {
    tiny.write("tokenizer_config.json", DECODER.formatted("true"));
    assertArrayEquals(new int[] {TIER, 2, 0}, encode("<tier>a"));
    assertEquals("a a", Models.open(directory).tokenizer().decode(new int[] {2, TIER, 2}));
    tiny.write("tokenizer_config.json", DECODER.formatted("false"));
    tiny.write("special_tokens_map.json", "{\"additional_special_tokens\":[\"<tier>\"]}");
    assertEquals("a a", Models.open(directory).tokenizer().decode(new int[] {2, TIER, 2}));
  }

  /** What transformers writes for any MarianMT model says nothing new. */
  @Test
  void restatedTokensChangeNothing() throws IOException {
    int[] before = encode("a</s><unk>a");
    tiny.write(
        "tokenizer_config.json",
        "{\"added_tokens_decoder\":{\"0\":{\"content\":\"</s>\",\"special\":true},"
            + "\"1\":{\"content\":\"<unk>\",\"special\":true},"
            + "\"4\":{\"content\":\"<pad>\",\"special\":true}},\"additional_special_tokens\":null,"
            + "\"eos_token\":\"</s>\",\"unk_token\":\"<unk>\",\"pad_token\":\"<pad>\","
            + "\"sp_model_kwargs\":{},\"split_special_tokens\":false,\"extra_special_tokens\":{}}");
    tiny.write(
        "special_tokens_map.json",
        "{\"eos_token\":{\"content\":\"</s>\",\"single_word\":false},\"unk_token\":\"<unk>\"}");
    tiny.write("added_tokens.json", "{\"<pad>\":4}");
    assertArrayEquals(before, encode("a</s><unk>a"));
  }

  @Test
  void languageTagsThatAreListedAreFoundEverywhere() throws IOException {
    tiny.write("vocab.json", "{\"</s>\":0,\"<unk>\":1,\"▁a\":2,\">>fra<<\":3,\"<pad>\":4}");
    tiny.write("special_tokens_map.json", "{\"additional_special_tokens\":[\">>fra<<\"]}");
    assertArrayEquals(new int[] {3, 2, 3, 2, 0}, encode(">>fra<< a >>fra<< a"));
  }

  @Test
  void ctranslate2UsesThemToo() throws IOException {
    TinyCTranslate2 model = new TinyCTranslate2().withSentencePiece();
    Path other = Files.createDirectory(directory.resolve("ct2"));
    model.text("shared_vocabulary.json", "[\"<s>\",\"</s>\",\"<unk>\",\"▁a\",\"<tier>\"]");
    assertArrayEquals(new int[] {3, 2, 1}, model.open(other).tokenizer().encode("a<tier>a"));
    model.text("added_tokens.json", "{\"<tier>\":9,\"<pad>\":10}");
    assertArrayEquals(new int[] {3, 4, 3, 1}, model.open(other).tokenizer().encode("a<tier>a"));
    Files.writeString(other.resolve("added_tokens.json"), "{\"<x>\":4}");
    assertEquals(
        other.resolve("added_tokens.json")
            + ": added token <x> has no id, as it is not in shared_vocabulary.json",
        refusal(other));
  }

  @Test
  void m2m100UsesThemToo() throws IOException {
    Path other = Files.createDirectory(directory.resolve("m2m100"));
    TinyCTranslate2.write(TinyM2m100.files(TinySentencePiece.bytes()), other);
    Files.writeString(other.resolve("added_tokens.json"), "{\"<tier>\":15,\"<mask>\":14}");
    Files.writeString(
        other.resolve("special_tokens_map.json"),
        "{\"additional_special_tokens\":[\"__fr__\",\"__en__\"]}");
    Tokenizer tokenizer = Models.open(other).between("fr", "en").tokenizer();
    assertArrayEquals(new int[] {12, 11, 15, 11, 2}, tokenizer.encode("a<tier>a"));
    assertEquals("a <tier>", tokenizer.decode(new int[] {13, 11, 15, 2}));
    Files.writeString(other.resolve("added_tokens.json"), "{\"<tier>\":12}");
    assertEquals(
        other.resolve("special_tokens_map.json") + ": added token __fr__ has id 12, as <tier> has",
        refusal(other));
  }

  @Test
  void conversionKeepsThem() throws IOException {
    tiny.write(
        "tokenizer_config.json",
        DECODER.formatted("true").replace("\"lstrip\":false", "\"lstrip\":true"));
    Path to = Files.createDirectory(directory.resolve("to"));
    Model model = Models.open(directory);
    MarianMtWriter.write(model, to, Optional.empty());
    MarianTokenizer before = (MarianTokenizer) model.tokenizer();
    MarianTokenizer after = (MarianTokenizer) Models.open(to).tokenizer();
    assertEquals(before.added().rules(), after.added().rules());
    assertEquals(Map.of("<tier>", TIER).keySet(), after.added().rules().keySet());
    assertArrayEquals(new int[] {2, TIER, 2, 0}, after.encode("a <tier>a"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "added_tokens.json | {\"<x>\":7} | added token <x> has id 7, but the model has 7 words",
        "added_tokens.json | {\"<x>\":-3} | added token <x> has id -3, but the model has 7 words",
        "added_tokens.json | {\"<x>\":2} | added token <x> has id 2, as ▁a has",
        "added_tokens.json | {\"▁a\":5} | added token ▁a has id 5, but 2 in vocab.json",
        "added_tokens.json | {\"</s>\":5} | added token </s> has id 5, but 0 in vocab.json",
        "added_tokens.json | {\"<x>\":5,\"<y>\":5} | added token <y> has id 5, as <x> has",
        "added_tokens.json | {\"<x>\":\"5\"} | <x> is \"5\", not an integer",
        "tokenizer_config.json | {\"added_tokens_decoder\":{\"5\":{\"content\":\"<x>\","
            + "\"single_word\":true}}} | added token <x> is a single word only, which is not",
        "tokenizer_config.json | {\"added_tokens_decoder\":{\"x\":{\"content\":\"<x>\"}}} | added"
            + " token x: {\"content\":\"<x>\"} is no id and a text",
        "tokenizer_config.json | {\"added_tokens_decoder\":{\"5\":{}}} | added token 5: {} is no"
            + " id",
        "tokenizer_config.json | {\"sp_model_kwargs\":{\"alpha\":1}} | sp_model_kwargs is"
            + " {\"alpha\":1}, not supported; only {} is",
        "tokenizer_config.json | {\"split_special_tokens\":true} | split_special_tokens is true,",
        "tokenizer_config.json | {\"eos_token\":\"<eos>\"} | eos_token is \"<eos>\", not \"</s>\"",
        "special_tokens_map.json | {\"unk_token\":{\"content\":\"U\"}} | unk_token is"
            + " {\"content\":\"U\"}, not \"<unk>\"",
        "special_tokens_map.json | {\"additional_special_tokens\":[\"<x>\"]} | added token <x> has"
            + " no id, as it is not in vocab.json",
        "special_tokens_map.json | {\"additional_special_tokens\":[3]} | additional_special_tokens"
            + " is [3], not a list of texts",
        "tokenizer.json | {\"added_tokens\":[{\"content\":\"<x>\"}]} | added token",
      })
  void whatCannotBeUsedIsRefused(String file, String json, String why) throws IOException {
    tiny.write(file, json);
    String message = refusal(directory);
    String begin = directory.resolve(file) + ": " + why;
    assertEquals(begin, message.substring(0, Math.min(message.length(), begin.length())));
  }

  @Test
  void filesThatDifferAreRefused() throws IOException {
    tiny.write("added_tokens.json", "{\"<tier>\":6}");
    tiny.write("tokenizer_config.json", DECODER.formatted("false"));
    assertEquals(
        directory.resolve("added_tokens.json")
            + ": added token <tier> has id 6, but 5 in tokenizer_config.json",
        refusal(directory));
  }

  private int[] encode(String text) {
    return Models.open(directory).tokenizer().encode(text);
  }

  private static String refusal(Path path) {
    return assertThrows(ModelFormatException.class, () -> Models.open(path)).getMessage();
  }
}
