package dev.dragoman.model.huggingface;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dragoman.device.Activation;
import dev.dragoman.model.Model;
import dev.dragoman.model.ModelConfig;
import dev.dragoman.model.ModelConfig.Alignment;
import dev.dragoman.model.ModelConfig.NormPlacement;
import dev.dragoman.model.ModelConfig.SpecialTokens;
import dev.dragoman.model.ModelConfig.Stack;
import dev.dragoman.model.ModelFormatException;
import dev.dragoman.model.TransformerWeights;
import dev.dragoman.model.ctranslate2.CTranslate2Tokens;
import dev.dragoman.model.files.DirectoryFolder;
import dev.dragoman.model.files.JsonFile;
import dev.dragoman.model.files.ModelFiles;
import dev.dragoman.model.files.ModelFolder;
import dev.dragoman.model.tensors.WeightReader;
import dev.dragoman.text.MarianTokenizer;
import dev.dragoman.text.SentencePiece;
import dev.dragoman.text.Vocabulary;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads a directory in the layout of Hugging Face's MarianMT: {@code config.json}, {@code
 * model.safetensors} or {@code pytorch_model.bin}, {@code source.spm}, {@code vocab.json}, and
 * where they are there {@code generation_config.json}, {@code tokenizer_config.json} and {@code
 * target_vocab.json}. {@code target.spm} is not needed: joining pieces into text takes no model.
 *
 * @see <a href="https://huggingface.co/docs/transformers/model_doc/marian">MarianMT</a>
 */
public final class MarianMtReader {

  public static final String CONFIG = "config.json";
  static final String FORCED_FIRST = "forced_bos_token_id";
  static final String ALIGNMENT_LAYER = "alignment_layer";
  static final String ALIGNMENT_HEADS = "alignment_heads";
  private static final String FORMAT = "Hugging Face MarianMT";
  static final String END = "</s>";
  static final String UNKNOWN = "<unk>";
  static final int MOST = 1 << 24;
  private static final int MOST_LAYERS = 1000;
  private static final int MOST_POSITIONS = 1 << 20;

  static final Map<String, Activation> ACTIVATIONS =
      Map.of(
          "relu", Activation.RELU,
          "swish", Activation.SWISH,
          "silu", Activation.SWISH,
          "gelu", Activation.GELU,
          "gelu_new", Activation.GELU_TANH,
          "gelu_pytorch_tanh", Activation.GELU_TANH);

  /** Rules of generation that change translations; the value that switches each off. */
  private static final Map<String, Double> UNSUPPORTED_RULES =
      Map.of(
          "repetition_penalty", 1.0,
          "no_repeat_ngram_size", 0.0,
          "encoder_no_repeat_ngram_size", 0.0,
          "encoder_repetition_penalty", 1.0,
          "diversity_penalty", 0.0);

  private static final List<String> UNSUPPORTED_LISTS =
      List.of(
          "suppress_tokens",
          "begin_suppress_tokens",
          "force_words_ids",
          "forced_decoder_ids",
          "exponential_decay_length_penalty",
          "sequence_bias",
          "quantization_config");

  /** The fields of config.json, replaced by generation_config.json's as transformers does. */
  private final JsonFile generation;

  private final Path directory;
  private final JsonFile json;

  private MarianMtReader(Path directory) {
    this.directory = directory;
    this.json = JsonFile.read(directory.resolve(CONFIG));
    this.generation =
        json.overriddenBy(JsonFile.readIfPresent(directory.resolve("generation_config.json")));
  }

  /**
   * Reads a model.
   *
   * @throws ModelFormatException if a file is missing, broken or asks for something unsupported
   */
  public static Model read(Path directory) {
    return new MarianMtReader(directory).model();
  }

  private Model model() {
    refuseUnsupported();
    int sourceSize = json.integer("vocab_size", 1, MOST);
    int targetSize =
        json.has("decoder_vocab_size") ? json.integer("decoder_vocab_size", 1, MOST) : sourceSize;
    ModelFolder folder = DirectoryFolder.open(directory);
    AddedVocabulary.refuseUnsupported(folder);
    AddedVocabulary added = AddedVocabulary.read(folder);
    JsonFile tokenizerConfig = JsonFile.readIfPresent(directory.resolve("tokenizer_config.json"));
    Path sourceFile = directory.resolve("vocab.json");
    boolean separate = tokenizerConfig.flag("separate_vocabs", false);
    Path targetFile = separate ? directory.resolve("target_vocab.json") : sourceFile;
    Vocabulary source = vocabulary(sourceFile, added, sourceSize);
    Vocabulary target =
        targetFile.equals(sourceFile) && targetSize == sourceSize
            ? source
            : vocabulary(targetFile, separate ? added.withoutParts() : added, targetSize);
    SpecialTokens tokens = tokens(source, target, targetFile);
    ModelConfig config = config(json, FORMAT, sourceSize, targetSize, tokens);
    TransformerWeights weights =
        new MarianMtWeights(new WeightReader(HuggingFaceWeights.open(directory)), config, json)
            .read();
    SentencePiece pieces = sentencePiece(directory.resolve("source.spm"));
    return new Model(
        config,
        weights,
        new MarianTokenizer(pieces, source, target, tokens.end(), tokens.unknown())
            .withAdded(added.inTexts(source, sourceFile, text -> false)));
  }

  /** The sizes and rules that all of Hugging Face's Transformers name alike. */
  static ModelConfig config(
      JsonFile json, String format, int sourceSize, int targetSize, SpecialTokens tokens) {
    int width = json.integer("d_model", 1, MOST);
    String activation = json.text("activation_function").orElse("");
    if (!ACTIVATIONS.containsKey(activation)) {
      throw json.wrong("activation_function", "one of " + new TreeSet<>(ACTIVATIONS.keySet()));
    }
    Stack decoder = stack(json, "decoder", width);
    return new ModelConfig(
        ModelFiles.modelName(json.file().getParent()),
        format,
        width,
        stack(json, "encoder", width),
        decoder,
        ACTIVATIONS.get(activation),
        json.flag("normalize_before", false) ? NormPlacement.PRE : NormPlacement.POST,
        json.flag("scale_embedding", false) ? (float) Math.sqrt(width) : 1,
        json.integer("max_position_embeddings", 1, MOST_POSITIONS),
        sourceSize,
        targetSize,
        tokens,
        alignment(json, decoder));
  }

  /** Our own fields, which {@link MarianMtWriter} writes where it is not the usual one. */
  private static Alignment alignment(JsonFile json, Stack decoder) {
    Alignment usual = Alignment.usual(decoder);
    return new Alignment(
        json.has(ALIGNMENT_LAYER)
            ? json.integer(ALIGNMENT_LAYER, 0, decoder.layers() - 1)
            : usual.layer(),
        json.has(ALIGNMENT_HEADS)
            ? json.integer(ALIGNMENT_HEADS, 1, decoder.heads())
            : usual.heads());
  }

  private static Stack stack(JsonFile json, String side, int width) {
    int heads = json.integer(side + "_attention_heads", 1, MOST);
    if (width % heads != 0) {
      throw json.wrong(side + "_attention_heads", "a divisor of d_model, which is " + width);
    }
    return new Stack(
        json.integer(side + "_layers", 1, MOST_LAYERS),
        heads,
        json.integer(side + "_ffn_dim", 1, MOST));
  }

  private void refuseUnsupported() {
    if (!json.text("model_type").orElse("").equals("marian")) {
      throw json.wrong("model_type", "\"marian\"");
    }
    if (generation.has(FORCED_FIRST)) {
      throw generation.wrong(FORCED_FIRST, "supported; only null is");
    }
    refuseRules(generation);
  }

  /** Refuses what would change translations if it were passed over. */
  static void refuseRules(JsonFile generation) {
    for (String field : UNSUPPORTED_LISTS) {
      if (generation.has(field)) {
        throw generation.wrong(field, "supported; only null is");
      }
    }
    UNSUPPORTED_RULES.forEach(
        (field, off) -> {
          if (generation.has(field) && generation.root().get(field).asDouble(Double.NaN) != off) {
            throw generation.wrong(field, "supported; only " + off + " is");
          }
        });
  }

  private SpecialTokens tokens(Vocabulary source, Vocabulary target, Path targetFile) {
    int last = target.size() - 1;
    int start = generation.integer("decoder_start_token_id", 0, last);
    int end = generation.integer("eos_token_id", 0, last);
    int pad = generation.integer("pad_token_id", 0, last);
    // Forced where a translation has its full length: the search cuts there, which is the same.
    if (generation.has("forced_eos_token_id")
        && generation.integer("forced_eos_token_id", 0, last) != end) {
      throw generation.wrong("forced_eos_token_id", "eos_token_id, which is " + end);
    }
    Path sourceFile = directory.resolve("vocab.json");
    requireEnd(generation, source, sourceFile);
    requireEnd(generation, target, targetFile);
    int unknown = CTranslate2Tokens.id(source, sourceFile, UNKNOWN);
    int other = CTranslate2Tokens.id(target, targetFile, UNKNOWN);
    if (other != unknown) {
      throw new ModelFormatException(
          "%s: %s has id %d, not %d as in %s"
              .formatted(targetFile, UNKNOWN, other, unknown, sourceFile));
    }
    return new SpecialTokens(start, end, pad, unknown, suppressed(end, pad, last));
  }

  /** The end token's id is said twice. */
  static void requireEnd(JsonFile generation, Vocabulary vocabulary, Path file) {
    int id = CTranslate2Tokens.id(vocabulary, file, END);
    if (generation.integer("eos_token_id", 0, MOST) != id) {
      throw generation.wrong(
          "eos_token_id", "%d, the id of %s in %s".formatted(id, END, file.getFileName()));
    }
  }

  /** The padding token and the single tokens of bad_words_ids. */
  private List<Integer> suppressed(int end, int pad, int last) {
    Set<Integer> ids = new TreeSet<>(Set.of(pad));
    if (generation.has("bad_words_ids")) {
      for (JsonNode word : generation.root().get("bad_words_ids")) {
        if (word.size() != 1) {
          throw generation.wrong("bad_words_ids", "a list of single tokens, as is supported");
        }
        JsonNode id = word.get(0);
        if (!id.canConvertToInt() || id.intValue() < 0 || id.intValue() > last) {
          throw generation.wrong("bad_words_ids", "a list of ids from 0 to " + last);
        }
        ids.add(id.intValue());
      }
    }
    if (ids.contains(end)) {
      throw generation.wrong("bad_words_ids", "possible: no translation could end");
    }
    return List.copyOf(ids);
  }

  private static Vocabulary vocabulary(Path file, AddedVocabulary added, int size) {
    return added.over(JsonFile.read(file).integers(), file, size);
  }

  static SentencePiece sentencePiece(Path file) {
    try {
      return new SentencePiece(ModelFiles.bytes(file));
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException(file + ": " + e.getMessage(), e);
    }
  }
}
