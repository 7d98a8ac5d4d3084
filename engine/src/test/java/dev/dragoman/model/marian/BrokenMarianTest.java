// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.marian;

import dev.dragoman.model.LittleEndian;
import dev.dragoman.model.NpzBytes;
import dev.dragoman.model.Refusal;
import dev.dragoman.model.TinyCTranslate2;
import dev.dragoman.model.TinyMarian;
import dev.dragoman.model.ZipBytes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each way to break a model of Marian's is refused in one line that names the file and the place.
 */
class BrokenMarianTest {
  /** What is done to a good model. */
  private interface Damage {
    void to(TinyMarian model) throws IOException;
  }

  @TempDir Path directory;

  @ParameterizedTest(name = "{0}")
  @MethodSource({"arrays", "options", "texts"})
  void isRefused(String name, Damage damage, String file, String place) throws IOException {
    TinyMarian tiny = new TinyMarian();
    tiny.open(directory);
    damage.to(tiny);
    TinyCTranslate2.write(tiny.files(), directory);
    Refusal.require(directory, directory.resolve(file).toString(), place);
  }

  static Stream<Arguments> arrays() {
    String f4 = "{'descr': '<f4', 'fortran_order': False, 'shape': %s, }";
    return Stream.of(
        array("magic", new byte[20], "NumPy"),
        array("truncated", new byte[3], "truncated"),
        array(
            "header too long",
            LittleEndian.withShort(NpzBytes.npy("", new byte[9]), 8, -1),
            "a header of"),
        array("code", NpzBytes.npy("__import__('os')", new byte[0]), "has the header"),
        array("shape", NpzBytes.npy(f4.formatted("(4, 5)"), new byte[64]), "needs 80"),
        array("cube", NpzBytes.npy(f4.formatted("(2, 2, 4)"), new byte[64]), "(2, 2, 4)"),
        array("overflow", NpzBytes.npy(f4.formatted("(65536, 65536)"), new byte[0]), "too large"),
        array("digits", NpzBytes.npy(f4.formatted("(99999999999,)"), new byte[0]), "99999999999"),
        array("negative", NpzBytes.npy(f4.formatted("(-4, 4)"), new byte[0]), "has the header"),
        array("type", NpzBytes.array("<f8", "(4, 4)", new byte[128]), "has type <f8"),
        array("big-endian", NpzBytes.array(">f4", "(4, 4)", new byte[64]), "big-endian numbers"),
        array("object", NpzBytes.array("|O", "(4, 4)", new byte[16]), "has type |O"),
        array("by columns", byColumns(), "fortran_order"),
        array("wrong shape", NpzBytes.array("<f4", "(4, 5)", new byte[80]), "is 4x5"),
        array("not a number", NpzBytes.array("<f4", "(4, 4)", LittleEndian.nan(16)), "not numbers"),
        marian("missing", m -> m.arrays.remove("encoder_l1_self_Wq"), "model.npz", "is missing"),
        marian("too much", m -> m.matrix("Wpos", 9, 4), "model.npz", "Wpos is not supported"),
        marian(
            "no options", m -> m.arrays.put("special:model.yml", new byte[0]), "model.npz", "tr"),
        marian(
            "wide options",
            m -> m.arrays.put("special:model.yml", NpzBytes.array("<i2", "(2,)", new byte[4])),
            "model.npz",
            "special:model.yml has type <i2, not bytes"),
        marian("not a zip", m -> m.text("model.npz", "PK?"), "model.npz", "not a zip"),
        marian("cut zip", BrokenMarianTest::cutZip, "model.npz", "not a zip"),
        marian(
            "other entry",
            m -> m.files.put("model.npz", ZipBytes.withEntry("a.txt")),
            "model.npz",
            "a.txt"),
        marian(
            "twice",
            m -> m.files.put("model.npz", ZipBytes.withEntryTwice()),
            "model.npz",
            "is there twice"),
        marian(
            "bomb",
            m -> m.files.put("model.npz", ZipBytes.bomb()),
            "model.npz",
            "more than 100 times"));
  }

  static Stream<Arguments> options() {
    return Stream.of(
        option("type", "amun"),
        option("dim-emb", "-4"),
        option("dim-emb", "2"),
        option("dim-emb", "5"),
        option("dim-emb", "99999999999"),
        option("dim-vocabs", "[4]"),
        option("dim-vocabs", "[4, x]"),
        option("enc-depth", "[1]"),
        option("transformer-heads", "3"),
        option("transformer-ffn-activation", "gelu"),
        option("transformer-ffn-depth", "3"),
        option("transformer-decoder-autoreg", "average-attention"),
        option("transformer-no-projection", "true"),
        option("transformer-postprocess", "dhn"),
        option("transformer-postprocess-top", "n"),
        option("transformer-postprocess-emb", "h"),
        option("transformer-tied-layers", "[1, 2]"),
        option("transformer-tied-layers", "[9]"),
        option("transformer-train-position-embeddings", "true"),
        option("transformer-attention-mask", "alibi"),
        option("input-types", "[sequence, class]"),
        option("tied-embeddings-all", "perhaps"));
  }

  static Stream<Arguments> texts() {
    String good = "models: [model.npz]\nvocabs: [v.yml, v.yml]\n";
    return Stream.of(
        yaml("decoder.yml", "models: [../model.npz]\n", "models is ../model.npz"),
        yaml("decoder.yml", "models: [/etc/passwd]\n", "models is /etc/passwd"),
        yaml("decoder.yml", "models: [a.npz, b.npz]\n", "models"),
        yaml("decoder.yml", "models: [model.npz]\nvocabs: [v.yml]\n", "vocabs"),
        yaml("decoder.yml", good + "word-penalty: 0.5\n", "word-penalty"),
        yaml("decoder.yml", good + "shortlist: [lex.gz, 100]\n", "shortlist"),
        yaml("decoder.yml", good + "skip-cost: true\n", "skip-cost"),
        yaml("decoder.yml", "models: &a [model.npz]\nvocabs: *a\n", "line 1: anchors"),
        yaml("decoder.yml", "models: *a\n", "line 1: anchors"),
        yaml("decoder.yml", "models: !!javax.script.ScriptEngineManager [x]\n", "line 1: tags"),
        yaml("decoder.yml", "models: !!binary aaaa\n", "line 1: tags"),
        yaml("decoder.yml", "models: [[[[[[[[a]]]]]]]]\n", "line 1"),
        yaml("decoder.yml", "models: {a: b}\n", "line 1: a text is wanted"),
        yaml("decoder.yml", "- a\n", "line 1: a mapping is wanted"),
        yaml("decoder.yml", "a: 1\na: 2\n", "line 2: a is there twice"),
        yaml("decoder.yml", "a: 1\n--- \nb: 1\n", "more than one document"),
        yaml("decoder.yml", "a: 'b\n", "line 2: not YAML: found unexpected end of stream"),
        yaml("decoder.yml", "ab\0c: d\n", "not YAML: special characters are not allowed"),
        yaml("decoder.yml", "\"\\x\": 1\n", "not YAML"),
        yaml("decoder.yml", "\"\\UFFFFFFFF\": 1\n", "not YAML"),
        yaml("decoder.yml", "\n", "models"),
        yaml("v.yml", "</s>: 0\n<unk>: 1\na: 4\n", "id 4"),
        yaml("v.yml", "</s>: 0\n<unk>: 1\na: -1\n", "a is -1"),
        yaml("v.yml", "</s>: 0\n<unk>: 1\na: 2\nb: 2\n", "id 2"),
        yaml("v.yml", "</s>: 0\na: x\n", "a is x"),
        yaml("v.yml", "<unk>: 1\n", "</s> is missing"),
        yaml("v.yml", "</s>: 0\n</s>: 0\n", "line 2: </s> is there twice"),
        yaml("source.spm", "no", "SentencePiece"));
  }

  private static Arguments marian(String name, Damage damage, String file, String place) {
    return Arguments.of(name, damage, file, place);
  }

  private static Arguments array(String name, byte[] array, String place) {
    String query = "encoder_l1_self_Wq";
    return marian(name, m -> m.arrays.put(query, array), "model.npz", place);
  }

  private static Arguments option(String option, String value) {
    return marian(
        option + " " + value, m -> m.options.put(option, value), "model.npz/model.yml", option);
  }

  private static Arguments yaml(String file, String content, String place) {
    return marian(file + ": " + content, m -> m.text(file, content), file, place);
  }

  private static void cutZip(TinyMarian model) {
    byte[] whole = model.npz();
    model.files.put("model.npz", Arrays.copyOf(whole, whole.length - 40));
  }

  private static byte[] byColumns() {
    return NpzBytes.npy("{'descr': '<f4', 'fortran_order': True, 'shape': (4, 4), }", new byte[64]);
  }
}
