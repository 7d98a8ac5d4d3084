package dev.dragoman.model.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.model.CTranslate2Bytes;
import dev.dragoman.model.ModelFormatException;
import dev.dragoman.model.NpzBytes;
import dev.dragoman.model.TinyCTranslate2;
import dev.dragoman.model.TinyMarian;
import dev.dragoman.model.ZipBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each way to break a model of CTranslate2, Marian or Argos is refused in one line that names the
 * file and the place.
 */
class BrokenFormatsTest {

  private static final String WEIGHTS = "model.bin";
  private static final String QUERY = "decoder/layer_0/attention/linear_0/weight";
  private static final String SELF = "encoder/layer_0/self_attention/";

  /** What is done to a good model. */
  private interface Damage<T> {
    void to(T model) throws IOException;
  }

  @TempDir Path directory;

  @ParameterizedTest(name = "{0}")
  @MethodSource({"ctranslate2Weights", "ctranslate2Options", "ctranslate2Text"})
  void refusesCTranslate2(String name, Damage<TinyCTranslate2> damage, String file, String place)
      throws IOException {
    TinyCTranslate2 tiny = new TinyCTranslate2();
    tiny.open(directory); // good until it is damaged
    damage.to(tiny);
    TinyCTranslate2.write(tiny.files(), directory);
    for (String left : new TinyCTranslate2().files().keySet()) {
      if (!tiny.files().containsKey(left)) {
        Files.delete(directory.resolve(left));
      }
    }
    assertRefused(directory, directory.resolve(file).toString(), place);
  }

  static Stream<Arguments> ctranslate2Weights() {
    return Stream.of(
        raw("two bytes", b -> new byte[2], "truncated: the version at byte 0"),
        raw("truncated", b -> Arrays.copyOf(b, b.length / 2), "truncated"),
        raw("more than it says", b -> Arrays.copyOf(b, b.length + 3), "3 bytes are left over"),
        raw("version 1", b -> with(b, 0, 1), "version 1 "),
        raw("version 7", b -> with(b, 0, 7), "version 7 "),
        raw("negative version", b -> with(b, 0, -1), "version 4294967295"),
        raw("too many variables", b -> with(b, 26, -1), "dimensions"),
        raw("no text", b -> withShort(b, 4, 3), "is not a text"),
        raw("empty text", b -> withShort(b, 4, 0), "is not a text"),
        weights("too many dimensions", w -> w.add(QUERY, 1, 1, 1, 1, 1, 1, 1, 1, 1), "9 dimens"),
        weights("cube", w -> w.add(QUERY, 2, 4, 8), QUERY + " has shape"),
        weights(
            "size overflow",
            w -> w.put(QUERY, 0, new byte[0], 1 << 30, 1 << 30, 1 << 30, 16),
            QUERY + " is too large"),
        weights("negative size", w -> w.put(QUERY, 0, new byte[4], -1, -1), "is too large"),
        weights("size and bytes", w -> w.put(QUERY, 0, new byte[9], 8, 8), QUERY + " has 9 bytes"),
        weights("missing", w -> w.remove(QUERY), QUERY + " is missing"),
        weights("wrong shape", w -> w.add(QUERY, 8, 7), QUERY + " is 8x7"),
        weights("no scale", w -> w.put(QUERY, 1, new byte[64], 8, 8), QUERY + "_scale is missing"),
        weights(
            "scale 0", w -> w.put(QUERY, 2, new byte[128], 8, 8).real(QUERY + "_scale", 0), "0"),
        weights(
            "scales", w -> w.put(QUERY, 1, new byte[64], 8, 8).add(QUERY + "_scale", 7), "7 sc"),
        weights("scale of itself", BrokenFormatsTest::quantizedScale, "holds integers"),
        weights("integers", w -> w.put(QUERY, 3, new byte[256], 8, 8), "holds integers"),
        weights("not a number", w -> w.real("x", 0).put(QUERY, 0, nan(64), 8, 8), "not numbers"),
        weights("dangling alias", w -> w.aliases.put("a", "b"), "alias a stands for b"),
        weights("alias and variable", w -> w.aliases.put(QUERY, QUERY), QUERY + " is there twice"),
        weights("no layer", w -> w.remove("decoder/layer_0/ffn/linear_0/weight"), "is missing"),
        weights(
            "empty table",
            w -> w.put("decoder/embeddings/weight", 0, new byte[0], 0, 8),
            "embeddings_0/weight is empty"));
  }

  static Stream<Arguments> ctranslate2Options() {
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
        weights("start tokens", BrokenFormatsTest::userStart, "user_decoder_start_tokens"));
  }

  static Stream<Arguments> ctranslate2Text() {
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
            "no vocabulary",
            (Damage<TinyCTranslate2>) m -> m.files.remove(vocabulary),
            "",
            "shared_vocabulary"),
        Arguments.of(
            "not UTF-8",
            (Damage<TinyCTranslate2>)
                m -> {
                  m.files.remove(vocabulary);
                  m.files.put("shared_vocabulary.txt", new byte[] {'a', (byte) 0xff});
                },
            "shared_vocabulary.txt",
            "UTF-8"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"marianArrays", "marianOptions", "marianText"})
  void refusesMarian(String name, Damage<TinyMarian> damage, String file, String place)
      throws IOException {
    TinyMarian tiny = new TinyMarian();
    tiny.open(directory);
    damage.to(tiny);
    TinyCTranslate2.write(tiny.files(), directory);
    assertRefused(directory, directory.resolve(file).toString(), place);
  }

  static Stream<Arguments> marianArrays() {
    String f4 = "{'descr': '<f4', 'fortran_order': False, 'shape': %s, }";
    return Stream.of(
        array("magic", new byte[20], "NumPy"),
        array("truncated", new byte[3], "truncated"),
        array("header too long", withShort(NpzBytes.npy("", new byte[9]), 8, -1), "a header of"),
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
        array("not a number", NpzBytes.array("<f4", "(4, 4)", nan(16)), "not numbers"),
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
        marian("cut zip", BrokenFormatsTest::cutZip, "model.npz", "not a zip"),
        marian("other entry", m -> m.files.put("model.npz", zip("a.txt")), "model.npz", "a.txt"),
        marian("twice", m -> m.files.put("model.npz", twice()), "model.npz", "is there twice"),
        marian("bomb", m -> m.files.put("model.npz", bomb()), "model.npz", "more than 100 times"));
  }

  static Stream<Arguments> marianOptions() {
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

  static Stream<Arguments> marianText() {
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

  @ParameterizedTest(name = "{0}")
  @MethodSource("archives")
  void refusesArchives(String name, byte[] archive, String place) throws IOException {
    Path file = directory.resolve("fr-en.argosmodel");
    Files.write(file, archive);
    assertRefused(file, file.toString(), place);
    try (var left = Files.list(directory)) {
      assertEquals(1, left.count(), "nothing is written");
    }
  }

  static Stream<Arguments> archives() throws IOException {
    Map<String, byte[]> good = new TinyCTranslate2().argos();
    byte[] packed = ZipBytes.deflated(good);
    String metadata = "translate-fr_en-1_0/metadata.json";
    Map<String, byte[]> prefixed = new LinkedHashMap<>(good);
    prefixed.put(metadata, "{\"target_prefix\":\"__en__\"}".getBytes(StandardCharsets.UTF_8));
    Map<String, byte[]> without = new LinkedHashMap<>(good);
    without.remove("translate-fr_en-1_0/sentencepiece.model");
    Map<String, byte[]> two = new LinkedHashMap<>(good);
    two.put("other/model/model.bin", new byte[4]);
    return Stream.of(
        Arguments.of(
            "text",
            "hello".getBytes(StandardCharsets.UTF_8),
            "not a zip archive that can be read: Archive is not a ZIP archive"),
        Arguments.of("truncated", Arrays.copyOf(packed, packed.length - 30), "not a zip"),
        Arguments.of("nothing in it", zip("a.txt"), "is not a model"),
        Arguments.of("parent", zip("../../evil"), "leads out of the archive"),
        Arguments.of("inner parent", zip("a/../../evil"), "leads out of the archive"),
        Arguments.of("absolute", zip("/etc/evil"), "leads out of the archive"),
        Arguments.of("drive", zip("C:/evil"), "leads out of the archive"),
        Arguments.of("backslash", zip("..\\evil"), "leads out of the archive"),
        Arguments.of("bomb", bomb(), "more than 100 times"),
        Arguments.of("twice", twice(), "is there twice"),
        Arguments.of("target prefix", ZipBytes.deflated(prefixed), "target_prefix"),
        Arguments.of("no tokenizer", ZipBytes.deflated(without), "sentencepiece.model is missing"),
        Arguments.of("two models", ZipBytes.deflated(two), "more than one model"));
  }

  private static void assertRefused(Path path, String file, String place) {
    String message = assertThrows(ModelFormatException.class, () -> Models.open(path)).getMessage();
    assertEquals(1, message.lines().count(), message);
    assertTrue(message.contains(file), message);
    assertTrue(message.contains(place), message);
  }

  private interface Change {
    byte[] of(byte[] bytes);
  }

  private static Arguments raw(String name, Change change, String place) {
    Damage<TinyCTranslate2> damage = m -> m.files.put(WEIGHTS, change.of(m.weights.bytes()));
    return Arguments.of(name, damage, WEIGHTS, place);
  }

  private static Arguments weights(String name, Damage<CTranslate2Bytes> damage, String place) {
    Damage<TinyCTranslate2> all = m -> damage.to(m.weights);
    return Arguments.of(name, all, WEIGHTS, place);
  }

  private static Arguments text(String file, String content, String place) {
    return text(file, content, file, place);
  }

  private static Arguments text(String file, String content, String named, String place) {
    Damage<TinyCTranslate2> damage = m -> m.text(file, content);
    return Arguments.of(file + ": " + content, damage, named, place);
  }

  private static Arguments marian(
      String name, Damage<TinyMarian> damage, String file, String place) {
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

  private static void cutZip(TinyMarian model) {
    byte[] whole = model.npz();
    model.files.put("model.npz", Arrays.copyOf(whole, whole.length - 40));
  }

  private static byte[] zip(String name) throws IOException {
    return ZipBytes.deflated(Map.of(name, new byte[9]));
  }

  private static byte[] twice() throws IOException {
    Map<String, byte[]> two = new LinkedHashMap<>();
    two.put("a.npy", new byte[9]);
    two.put("b.npy", new byte[9]);
    return ZipBytes.renamed(ZipBytes.stored(two), "b.npy", "a.npy");
  }

  private static byte[] bomb() throws IOException {
    return ZipBytes.deflated(Map.of("a.npy", new byte[20_000_000]));
  }

  private static byte[] byColumns() {
    return NpzBytes.npy("{'descr': '<f4', 'fortran_order': True, 'shape': (4, 4), }", new byte[64]);
  }

  private static byte[] nan(int count) {
    ByteBuffer data = CTranslate2Bytes.buffer(count * Float.BYTES);
    while (data.hasRemaining()) {
      data.putFloat(Float.NaN);
    }
    return CTranslate2Bytes.array(data);
  }

  private static byte[] with(byte[] bytes, int position, int value) {
    byte[] changed = bytes.clone();
    System.arraycopy(
        CTranslate2Bytes.buffer(4).putInt(value).array(), 0, changed, position, Integer.BYTES);
    return changed;
  }

  private static byte[] withShort(byte[] bytes, int position, int value) {
    byte[] changed = bytes.clone();
    changed[position] = (byte) value;
    changed[position + 1] = (byte) (value >> 8);
    return changed;
  }
}
