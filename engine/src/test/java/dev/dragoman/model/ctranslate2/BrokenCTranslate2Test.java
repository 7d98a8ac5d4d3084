// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.ctranslate2;

import dev.dragoman.model.CTranslate2Bytes;
import dev.dragoman.model.LittleEndian;
import dev.dragoman.model.Refusal;
import dev.dragoman.model.TinyCTranslate2;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each way to break a model of CTranslate2 is refused in one line that names the file and the
 * place.
 */
class BrokenCTranslate2Test {
  private static final String WEIGHTS = "model.bin";
  private static final String QUERY = "decoder/layer_0/attention/linear_0/weight";
  private static final String SELF = "encoder/layer_0/self_attention/";

  /** What is done to a good model. */
  private interface Damage {
    void to(TinyCTranslate2 model) throws IOException;
  }

  /** What is done to the weights of a good model. */
  private interface WeightDamage {
    void to(CTranslate2Bytes weights) throws IOException;
  }

  /** What is done to the bytes of a good model's weights. */
  private interface Change {
    byte[] of(byte[] bytes);
  }

  @TempDir Path directory;

  @ParameterizedTest(name = "{0}")
  @MethodSource({"weights", "options", "texts"})
  void isRefused(String name, Damage damage, String file, String place) throws IOException {
    TinyCTranslate2 tiny = new TinyCTranslate2();
    tiny.open(directory); // good until it is damaged
    damage.to(tiny);
    TinyCTranslate2.write(tiny.files(), directory);
    for (String left : new TinyCTranslate2().files().keySet()) {
      if (!tiny.files().containsKey(left)) {
        Files.delete(directory.resolve(left));
      }
    }
    Refusal.require(directory, directory.resolve(file).toString(), place);
  }

  static Stream<Arguments> weights() {
    return Stream.of(
        raw("two bytes", b -> new byte[2], "truncated: the version at byte 0"),
        raw("truncated", b -> Arrays.copyOf(b, b.length / 2), "truncated"),
        raw("more than it says", b -> Arrays.copyOf(b, b.length + 3), "3 bytes are left over"),
        raw("version 1", b -> LittleEndian.withInt(b, 0, 1), "version 1 "),
        raw("version 7", b -> LittleEndian.withInt(b, 0, 7), "version 7 "),
        raw("negative version", b -> LittleEndian.withInt(b, 0, -1), "version 4294967295"),
        raw("too many variables", b -> LittleEndian.withInt(b, 26, -1), "dimensions"),
        raw("no text", b -> LittleEndian.withShort(b, 4, 3), "is not a text"),
        raw("empty text", b -> LittleEndian.withShort(b, 4, 0), "is not a text"),
        weights("too many dimensions", w -> w.add(QUERY, 1, 1, 1, 1, 1, 1, 1, 1, 1), "9 dimens"),
        weights("cube", w -> w.add(QUERY, 2, 4, 8), QUERY + " has shape"),
        weights(
            "size overflow",
            w -> w.put(QUERY, 0, new byte[0], 1 << 30, 1 << 30, 1 << 30, 16),
            QUERY + " is too large"),
        weights("negative size", w -> w.put(QUERY, 0, new byte[4], -1, -1), "is too large"),
        weights(
            "large size beside 0",
            w -> w.put(QUERY, 0, new byte[0], 0, -1),
            QUERY + " is too large: [0, 4294967295]"),
        weights("size and bytes", w -> w.put(QUERY, 0, new byte[9], 8, 8), QUERY + " has 9 bytes"),
        weights("missing", w -> w.remove(QUERY), QUERY + " is missing"),
        weights("wrong shape", w -> w.add(QUERY, 8, 7), QUERY + " is 8x7"),
        weights("no scale", w -> w.put(QUERY, 1, new byte[64], 8, 8), QUERY + "_scale is missing"),
        weights(
            "scale 0", w -> w.put(QUERY, 2, new byte[128], 8, 8).real(QUERY + "_scale", 0), "0"),
        weights(
            "scales", w -> w.put(QUERY, 1, new byte[64], 8, 8).add(QUERY + "_scale", 7), "7 sc"),
        weights("scale of itself", BrokenCTranslate2Test::quantizedScale, "holds integers"),
        weights("integers", w -> w.put(QUERY, 3, new byte[256], 8, 8), "holds integers"),
        weights(
            "not a number",
            w -> w.real("x", 0).put(QUERY, 0, LittleEndian.nan(64), 8, 8),
            "not numbers"),
        weights("dangling alias", w -> w.aliases.put("a", "b"), "alias a stands for b"),
        weights("alias and variable", w -> w.aliases.put(QUERY, QUERY), QUERY + " is there twice"),
        weights("no layer", w -> w.remove("decoder/layer_0/ffn/linear_0/weight"), "is missing"),
        weights(
            "empty table",
            w -> w.put("decoder/embeddings/weight", 0, new byte[0], 0, 8),
            "embeddings_0/weight is empty"));
  }

  static Stream<Arguments> options() {
    return Stream.of(
        weights("kind", w -> w.kind = "WhisperSpec", "WhisperSpec"),
        weights("revision", w -> w.revision = 8, "revision 8"),
        weights(
            "relative positions",
            w -> w.add(SELF + "relative_position_keys", 9, 4),
            SELF + "relative_position_keys is not supported"),
        weights("rotary", w -> w.number(SELF + "rotary_dim", 0), "rotary_dim is not supported"),
        weights("gated", w -> w.add("encoder/layer_0/ffn/linear_0_noact/weight", 6, 8), "noact"),
        weights("features", w -> w.add("encoder/embeddings_1/weight", 5, 8), "embeddings_1"),
        weights("alibi", w -> w.number("decoder/alibi", 1), "decoder/alibi is 1"),
        weights("RMS norm", w -> w.remove(SELF + "layer_norm/beta"), "root mean square"),
        weights("heads", w -> w.number("encoder/num_heads", 3), "encoder/num_heads is 3"),
        weights("negative heads", w -> w.number("encoder/num_heads", -2), "num_heads is -2"),
        weights("NaN heads", w -> w.real("encoder/num_heads", Float.NaN), "num_heads is NaN"),
        weights("layer", w -> w.number("decoder/alignment_layer", 1), "alignment_layer is 1"),
        weights("layer", w -> w.number("decoder/alignment_layer", -2), "alignment_layer is -2"),
        weights("heads", w -> w.number("decoder/alignment_heads", 3), "alignment_heads is 3"),
        weights("tanh", w -> both(w, "/activation", 5), "Tanh is not supported"),
        weights("activation", w -> both(w, "/activation", 77), "activation is 77"),
        weights("two activations", w -> w.number("encoder/activation", 0), "only equal ones"),
        weights("scale", w -> w.add("encoder/scale_embeddings", 2), "not a single number"),
        weights("start tokens", BrokenCTranslate2Test::userStart, "user_decoder_start_tokens"));
  }

  static Stream<Arguments> texts() {
    String vocabulary = "shared_vocabulary.json";
    return Stream.of(
        text("config.json", "{", "line 1, column 2: not JSON: the object is not closed"),
        text(
            "config.json", "{\n\"eos_token\":NaN}", "line 2, column 16: not JSON: NaN is not JSON"),
        text("config.json", "{} {}", "not JSON: more follows after its end"),
        text("config.json", "{\"decoder_start_token\":null}", "decoder_start_token"),
        text("config.json", "{\"decoder_start_token\":\"<x>\"}", vocabulary, "<x> is missing"),
        text("config.json", "{\"eos_token\":\"E\"}", vocabulary, "E is missing"),
        text("config.json", "{\"add_source_eos\":1}", "add_source_eos"),
        text("config.json", "{\"layer_norm_epsilon\":-1}", "layer_norm_epsilon"),
        text("config.json", "{\"quantization_type\":1}", "quantization_type"),
        text(vocabulary, "{}", "not a JSON array"),
        text(vocabulary, "[1]", "entry 0 is 1"),
        text(vocabulary, "[\"<s>\",\"</s>\",\"<unk>\"]", "3 tokens"),
        text(vocabulary, "[\"<s>\",\"</s>\",\"<unk>\",\"b\",\"b\"]", "b is there twice"),
        text("sentencepiece.model", "x", "SentencePiece"),
        Arguments.of(
            "no vocabulary", (Damage) m -> m.files.remove(vocabulary), "", "shared_vocabulary"),
        Arguments.of(
            "not UTF-8",
            (Damage)
                m -> {
                  m.files.remove(vocabulary);
                  m.files.put("shared_vocabulary.txt", new byte[] {'a', (byte) 0xff});
                },
            "shared_vocabulary.txt",
            "UTF-8"));
  }

  private static Arguments raw(String name, Change change, String place) {
    Damage damage = m -> m.files.put(WEIGHTS, change.of(m.weights.bytes()));
    return Arguments.of(name, damage, WEIGHTS, place);
  }

  private static Arguments weights(String name, WeightDamage damage, String place) {
    Damage all = m -> damage.to(m.weights);
    return Arguments.of(name, all, WEIGHTS, place);
  }

  private static Arguments text(String file, String content, String place) {
    return text(file, content, file, place);
  }

  private static Arguments text(String file, String content, String named, String place) {
    Damage damage = m -> m.text(file, content);
    return Arguments.of(file + ": " + content, damage, named, place);
  }

  private static void both(CTranslate2Bytes weights, String option, int value) {
    weights.number("encoder" + option, value).number("decoder" + option, value);
  }

  private static void userStart(CTranslate2Bytes weights) {
    weights.version = 5;
    weights.number("user_decoder_start_tokens", 1);
  }

  private static void quantizedScale(CTranslate2Bytes weights) {
    weights.put(QUERY, 1, new byte[64], 8, 8).put(QUERY + "_scale", 1, new byte[8], 8);
  }
}
