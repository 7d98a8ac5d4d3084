// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.huggingface;

import dev.dragoman.model.Model;
import dev.dragoman.model.ModelConfig;
import dev.dragoman.model.ModelConfig.SpecialTokens;
import dev.dragoman.model.ModelFormatException;
import dev.dragoman.model.TransformerWeights;
import dev.dragoman.model.files.JsonFile;
import dev.dragoman.model.files.TokenizerFiles;
import dev.dragoman.model.tensors.Sinusoids;
import dev.dragoman.model.tensors.WeightReader;
import dev.dragoman.text.LanguageTokenizer;
import dev.dragoman.text.MarianTokenizer;
import dev.dragoman.text.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Reads M2M-100 and NLLB as Hugging Face lays them out: the same names of weights as MarianMT, but
 * norms before each layer and after the last one, fairseq's sinusoids, and tokens for the
 * languages, of which the source's is part of the text and the target's begins every translation.
 *
 * @see <a href="https://huggingface.co/docs/transformers/model_doc/m2m_100">M2M100</a>
 */
final class M2m100Reader {

  static final String MODEL_TYPE = "m2m_100";
  private static final String FORMAT = "Hugging Face M2M-100";

  /** The fields of MarianMT's that its configuration leaves out, as it has no choice there. */
  private static final String LAYOUT =
      """
      {"normalize_before":true,"add_final_layer_norm":true,"normalize_embedding":false,
       "static_position_embeddings":true,"share_encoder_decoder_embeddings":true}
      """;

  private M2m100Reader() {}

  /**
   * Reads a model.
   *
   * @throws ModelFormatException if a file is missing, broken or asks for something unsupported
   */
  static Model read(Path directory) {
    Path file = directory.resolve(HuggingFaceFiles.CONFIG);
    JsonFile json =
        JsonFile.read(file)
            .overriddenBy(JsonFile.parse(file, LAYOUT.getBytes(StandardCharsets.UTF_8)));
    JsonFile generation =
        json.overriddenBy(
            JsonFile.readIfPresent(directory.resolve(HuggingFaceFiles.GENERATION_CONFIG)));
    HuggingFaceConfig.refuseRules(generation);
    int size = json.integer("vocab_size", 1, HuggingFaceConfig.MOST);
    M2m100Vocabulary named = M2m100Vocabulary.read(directory, size);
    Vocabulary vocabulary = named.pieces();
    SpecialTokens tokens = tokens(generation, vocabulary, named.file());
    ModelConfig config = HuggingFaceConfig.of(json, FORMAT, size, size, tokens);
    TransformerWeights weights =
        new MarianMtWeights(new WeightReader(HuggingFaceWeights.open(directory)), config, json)
            .read();
    MarianTokenizer pieces =
        new MarianTokenizer(
                TokenizerFiles.sentencePiece(directory.resolve("sentencepiece.bpe.model")),
                vocabulary,
                vocabulary,
                tokens.end(),
                tokens.unknown())
            .withAdded(named.added());
    return new Model(
        config,
        weights.withPositions(
            Sinusoids.tensor2tensor(
                firstPosition(tokens), config.sizes().maxPositions(), config.sizes().width())),
        new LanguageTokenizer(
            pieces,
            named.languages(),
            placement(directory),
            Set.copyOf(List.of(tokens.start(), tokens.end(), tokens.pad()))));
  }

  private static LanguageTokenizer.Placement placement(Path directory) {
    return HuggingFaceReader.tokenizerConfig(directory).flag("legacy_behaviour", false)
        ? LanguageTokenizer.Placement.END
        : LanguageTokenizer.Placement.START;
  }

  private static SpecialTokens tokens(JsonFile generation, Vocabulary vocabulary, Path file) {
    int last = vocabulary.size() - 1;
    int end = generation.integer("eos_token_id", 0, last);
    int pad = generation.integer("pad_token_id", 0, last);
    HuggingFaceConfig.requireEnd(generation, vocabulary, file);
    int unknown = TokenizerFiles.id(file, vocabulary, HuggingFaceConfig.UNKNOWN);
    int start = generation.integer("decoder_start_token_id", 0, last);
    return new SpecialTokens(start, end, pad, unknown, List.of(pad));
  }

  /** Returns the first position: fairseq counts from the padding token's number on. */
  private static int firstPosition(SpecialTokens tokens) {
    return tokens.pad() + 1;
  }
}
