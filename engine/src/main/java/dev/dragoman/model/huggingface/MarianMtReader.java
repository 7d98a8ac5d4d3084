// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.huggingface;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dragoman.model.Model;
import dev.dragoman.model.ModelConfig;
import dev.dragoman.model.ModelConfig.SpecialTokens;
import dev.dragoman.model.ModelFormatException;
import dev.dragoman.model.TransformerWeights;
import dev.dragoman.model.files.DirectoryFolder;
import dev.dragoman.model.files.JsonFile;
import dev.dragoman.model.files.ModelFolder;
import dev.dragoman.model.files.TokenizerFiles;
import dev.dragoman.model.tensors.WeightReader;
import dev.dragoman.text.MarianTokenizer;
import dev.dragoman.text.SentencePiece;
import dev.dragoman.text.Vocabulary;
import java.nio.file.Path;
import java.util.List;
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
final class MarianMtReader {

  private static final String FORCED_FIRST = "forced_bos_token_id";
  private static final String NEVER = "bad_words_ids";
  private static final String SINGLE_TOKENS = "a list of single tokens, as is supported";
  private static final String FORMAT = "Hugging Face MarianMT";

  /** The fields of config.json, replaced by generation_config.json's as transformers does. */
  private final JsonFile generation;

  private final Path directory;
  private final JsonFile json;

  private MarianMtReader(Path directory) {
    this.directory = directory;
    this.json = JsonFile.read(directory.resolve(HuggingFaceFiles.CONFIG));
    this.generation =
        json.overriddenBy(
            JsonFile.readIfPresent(directory.resolve(HuggingFaceFiles.GENERATION_CONFIG)));
  }

  /**
   * Reads a model.
   *
   * @throws ModelFormatException if a file is missing, broken or asks for something unsupported
   */
  static Model read(Path directory) {
    return new MarianMtReader(directory).model();
  }

  private Model model() {
    refuseUnsupported();
    int sourceSize = json.integer("vocab_size", 1, HuggingFaceConfig.MOST);
    int targetSize =
        json.has("decoder_vocab_size")
            ? json.integer("decoder_vocab_size", 1, HuggingFaceConfig.MOST)
            : sourceSize;
    ModelFolder folder = DirectoryFolder.open(directory);
    AddedVocabulary.refuseUnsupported(folder);
    AddedVocabulary added = AddedVocabulary.read(folder);
    JsonFile tokenizerConfig = HuggingFaceReader.tokenizerConfig(directory);
    Path sourceFile = directory.resolve(HuggingFaceFiles.VOCABULARY);
    boolean separate = tokenizerConfig.flag("separate_vocabs", false);
    Path targetFile = separate ? directory.resolve(HuggingFaceFiles.TARGET_VOCABULARY) : sourceFile;
    Vocabulary source = vocabulary(sourceFile, added, sourceSize);
    Vocabulary target =
        targetFile.equals(sourceFile) && targetSize == sourceSize
            ? source
            : vocabulary(targetFile, separate ? added.withoutParts() : added, targetSize);
    SpecialTokens tokens = tokens(source, target, targetFile);
    ModelConfig config = HuggingFaceConfig.of(json, FORMAT, sourceSize, targetSize, tokens);
    TransformerWeights weights =
        new MarianMtWeights(new WeightReader(HuggingFaceWeights.open(directory)), config, json)
            .read();
    SentencePiece pieces =
        TokenizerFiles.sentencePiece(directory.resolve(HuggingFaceFiles.SOURCE_PIECES));
    return new Model(
        config,
        weights,
        new MarianTokenizer(pieces, source, target, tokens.end(), tokens.unknown())
            .withAdded(added.inTexts(source, sourceFile, text -> false)));
  }

  private void refuseUnsupported() {
    if (!json.text("model_type").orElse("").equals("marian")) {
      throw json.wrong("model_type", "\"marian\" or \"%s\"".formatted(M2m100Reader.MODEL_TYPE));
    }
    if (generation.has(FORCED_FIRST)) {
      throw generation.wrong(FORCED_FIRST, "supported; only null is");
    }
    HuggingFaceConfig.refuseRules(generation);
  }

  private SpecialTokens tokens(Vocabulary source, Vocabulary target, Path targetFile) {
    int last = target.size() - 1;
    int start = generation.integer("decoder_start_token_id", 0, last);
    int end = generation.integer("eos_token_id", 0, last);
    int pad = generation.integer("pad_token_id", 0, last);
    // The end is forced where a translation has its full length: the search cuts there, which is
    // the same.
    if (generation.has("forced_eos_token_id")
        && generation.integer("forced_eos_token_id", 0, last) != end) {
      throw generation.wrong("forced_eos_token_id", "eos_token_id, which is " + end);
    }
    Path sourceFile = directory.resolve(HuggingFaceFiles.VOCABULARY);
    HuggingFaceConfig.requireEnd(generation, source, sourceFile);
    HuggingFaceConfig.requireEnd(generation, target, targetFile);
    int unknown = TokenizerFiles.id(sourceFile, source, HuggingFaceConfig.UNKNOWN);
    int other = TokenizerFiles.id(targetFile, target, HuggingFaceConfig.UNKNOWN);
    if (other != unknown) {
      throw new ModelFormatException(
          "%s: %s has id %d, not %d as in %s"
              .formatted(targetFile, HuggingFaceConfig.UNKNOWN, other, unknown, sourceFile));
    }
    return new SpecialTokens(start, end, pad, unknown, suppressed(end, pad, last));
  }

  /** Collects the padding token and the single tokens of bad_words_ids. */
  private List<Integer> suppressed(int end, int pad, int last) {
    Set<Integer> ids = new TreeSet<>(Set.of(pad));
    if (generation.has(NEVER)) {
      JsonNode words = generation.root().get(NEVER);
      if (!words.isArray()) {
        throw generation.wrong(NEVER, SINGLE_TOKENS);
      }
      words.forEach(word -> ids.add(singleToken(word, last)));
    }
    if (ids.contains(end)) {
      throw generation.wrong(NEVER, "possible: no translation could end");
    }
    return List.copyOf(ids);
  }

  private int singleToken(JsonNode word, int last) {
    if (!word.isArray() || word.size() != 1) {
      throw generation.wrong(NEVER, SINGLE_TOKENS);
    }
    JsonNode id = word.get(0);
    if (!id.canConvertToInt() || id.intValue() < 0 || id.intValue() > last) {
      throw generation.wrong(NEVER, "a list of ids from 0 to " + last);
    }
    return id.intValue();
  }

  private static Vocabulary vocabulary(Path file, AddedVocabulary added, int size) {
    return added.over(JsonFile.read(file).integers(), file, size);
  }
}
