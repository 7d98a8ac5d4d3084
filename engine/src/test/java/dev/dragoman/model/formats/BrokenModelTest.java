// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dragoman.model.ModelFormatException;
import dev.dragoman.model.Refusal;
import dev.dragoman.model.SafetensorsBytes;
import dev.dragoman.model.TinyModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each way to break a model is refused in one line that names the file and the place. */
class BrokenModelTest {

  private static final String WEIGHTS = "model.safetensors";
  private static final String QUERY = "model.encoder.layers.0.self_attn.q_proj.weight";

  /** What is done to a good model. */
  private interface Damage {
    void to(TinyModel model) throws IOException;
  }

  @TempDir Path directory;

  @ParameterizedTest(name = "{0}")
  @MethodSource({"brokenWeights", "brokenHeaders", "brokenConfigurations", "brokenText"})
  void isRefusedByName(String name, Damage damage, String file, String place) throws IOException {
    TinyModel model = new TinyModel(directory);
    Models.open(directory); // good until it is damaged
    damage.to(model);
    Refusal.require(directory, directory.resolve(file).toString(), place);
  }

  static Stream<Arguments> brokenWeights() {
    return Stream.of(
        weights("missing", m -> Files.delete(m.directory.resolve(WEIGHTS)), "missing"),
        weights("a byte", m -> m.write(WEIGHTS, "x"), "truncated: 1 bytes"),
        weights("a directory", BrokenModelTest::directoryForWeights, "not a file"),
        weights("header truncated", m -> truncate(m, 100), "header length"),
        weights("numbers truncated", m -> truncate(m, -1), "outside"),
        weights("tensor missing", m -> change(m, m.weights.remove(QUERY)), QUERY + " is missing"),
        weights("wrong shape", m -> change(m, m.weights.add(QUERY, 4, 5)), QUERY + " is 4x5"),
        weights("a cube", m -> change(m, m.weights.add("x", 1, 2, 2)), "tensor x has shape"),
        weights("not a number", BrokenModelTest::notANumber, "not numbers"));
  }

  static Stream<Arguments> brokenHeaders() {
    byte[] none = new byte[0];
    return Stream.of(
        weights("length 2^63", m -> m.write(WEIGHTS, bytes(Long.MIN_VALUE)), "9223372036854775808"),
        weights("length 2^62", m -> m.write(WEIGHTS, bytes(1L << 62)), "header length"),
        weights("not JSON", m -> m.write(WEIGHTS, SafetensorsBytes.file("{\"a\n")), "not JSON"),
        weights("no object", m -> m.write(WEIGHTS, SafetensorsBytes.file("[]")), "JSON object"),
        weights("no header", m -> m.write(WEIGHTS, SafetensorsBytes.file(0, none)), "JSON object"),
        header("wrong type", "{\"a\":" + tensor("I64", "[1]", "[0,8]") + "}", "I64"),
        header("negative size", "{\"a\":" + tensor("F32", "[-1]", "[0,4]") + "}", "-1"),
        header(
            "size overflow",
            "{\"a\":" + tensor("F32", "[4294967296,4294967296]", "[0,0]") + "}",
            "too large"),
        header("over 2 GB", "{\"a\":" + tensor("F32", "[536870912]", "[0,8]") + "}", "2 GB"),
        header("offset overflow", "{\"a\":" + tensor("F32", "[1]", "[0,1e30]") + "}", "1.0E30"),
        header(
            "offsets by name", "{\"a\":" + tensor("F32", "[1]", "{\"a\":0,\"b\":4}") + "}", "begi"),
        header("offsets reversed", "{\"a\":" + tensor("F32", "[1]", "[4,0]") + "}", "outside"),
        header("size and shape", "{\"a\":" + tensor("F32", "[1]", "[0,8]") + "}", "needs 4"),
        header(
            "overlap",
            "{\"a\":%s,\"b\":%s}"
                .formatted(tensor("F32", "[2]", "[0,8]"), tensor("F32", "[1]", "[4,8]")),
            "a and b overlap"),
        header(
            "duplicate",
            "{\"a\":%s,\"a\":%s}"
                .formatted(tensor("F32", "[1]", "[0,4]"), tensor("F32", "[1]", "[4,8]")),
            "uplicate"));
  }

  static Stream<Arguments> brokenConfigurations() {
    return Stream.of(
        config("not JSON", m -> m.write("config.json", "d_model: 4"), "not JSON"),
        config("blank", m -> m.write("config.json", " "), "JSON object"),
        field("model_type", "\"bart\""),
        field("encoder_attention_heads", "3"),
        field("d_model", "-4"),
        field("decoder_layers", "\"one\""),
        field("vocab_size", "99999999999"),
        field("activation_function", "\"tanh\""),
        field("max_position_embeddings", "null"),
        field("decoder_start_token_id", "5"),
        field("bad_words_ids", "[[4],[2,3]]"),
        field("bad_words_ids", "[[0]]"),
        field("forced_eos_token_id", "2"),
        field("max_position_embeddings", "1000000000"),
        field("repetition_penalty", "1.5"),
        field("decoder_vocab_size", "6"),
        field("scale_embedding", "1"));
  }

  static Stream<Arguments> brokenText() {
    return Stream.of(
        text("vocab.json", null, "missing"),
        text("vocab.json", "{\"</s>\":0,\"<unk>\":1,\"a\":2,\"b\":2}", "id 2"),
        text("vocab.json", "{\"</s>\":0,\"<unk>\":1,\"a\":5}", "id 5"),
        text("vocab.json", "{\"</s>\":0,\"a\":1}", "<unk>"),
        config(
            "another end token",
            m -> m.write("vocab.json", "{\"</s>\":2,\"<unk>\":1}"),
            "eos_token_id is 0, not 2, the id of </s> in vocab.json"),
        text("vocab.json", "{\"</s>\":0,\"</s>\":1}", "uplicate"),
        text("vocab.json", "{\"</s>\":\"0\"}", "</s>"),
        text("source.spm", null, "missing"),
        text("source.spm", "something else\n", "SentencePiece"),
        text("generation_config.json", "{", "not JSON"),
        text("tokenizer_config.json", "{\"separate_vocabs\":3}", "separate_vocabs"));
  }

  /** Whatever bytes change, a model opens or is refused; nothing else is thrown. */
  @ParameterizedTest
  @ValueSource(strings = {WEIGHTS, "config.json", "vocab.json"})
  void damagedBytesAreRefusedOrHarmless(String file) throws IOException {
    TinyModel model = new TinyModel(directory);
    byte[] good = Files.readAllBytes(directory.resolve(file));
    Random random = new Random(11);
    for (int round = 0; round < 300; round++) {
      byte[] bad = Arrays.copyOf(good, good.length - random.nextInt(3) / 2);
      for (int change = random.nextInt(4); change >= 0; change--) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
      }
      model.write(file, bad);
      try {
        Models.open(directory);
      } catch (ModelFormatException e) {
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
      }
    }
  }

  private static Arguments weights(String name, Damage damage, String place) {
    return Arguments.of("weights: " + name, damage, WEIGHTS, place);
  }

  private static Arguments header(String name, String header, String place) {
    Damage damage = m -> m.write(WEIGHTS, SafetensorsBytes.file(header, new byte[8]));
    return Arguments.of("header: " + name, damage, WEIGHTS, place);
  }

  private static Arguments config(String name, Damage damage, String place) {
    return Arguments.of("config: " + name, damage, "config.json", place);
  }

  private static Arguments field(String field, String value) {
    return config(field + " " + value, m -> m.set(field, value), field);
  }

  private static Arguments text(String file, String content, String place) {
    Damage damage =
        content == null
            ? m -> Files.delete(m.directory.resolve(file))
            : m -> m.write(file, content);
    return Arguments.of(file + ": " + content, damage, file, place);
  }

  private static String tensor(String type, String shape, String offsets) {
    return "{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":%s}".formatted(type, shape, offsets);
  }

  private static byte[] bytes(long length) {
    return SafetensorsBytes.file(length, "{}".getBytes(StandardCharsets.UTF_8));
  }

  private static void directoryForWeights(TinyModel model) throws IOException {
    Files.delete(model.directory.resolve(WEIGHTS));
    Files.createDirectory(model.directory.resolve(WEIGHTS));
  }

  /** Keeps so many bytes, or leaves so many out at the end. */
  private static void truncate(TinyModel model, int bytes) throws IOException {
    byte[] whole = model.weights.bytes();
    model.write(WEIGHTS, Arrays.copyOf(whole, bytes > 0 ? bytes : whole.length + bytes));
  }

  private static void change(TinyModel model, SafetensorsBytes weights) throws IOException {
    model.write(WEIGHTS, weights.bytes());
  }

  private static void notANumber(TinyModel model) throws IOException {
    byte[] bytes = model.weights.bytes();
    bytes[bytes.length - 1] = 0x7f;
    bytes[bytes.length - 2] = (byte) 0xc0;
    model.write(WEIGHTS, bytes);
  }
}
