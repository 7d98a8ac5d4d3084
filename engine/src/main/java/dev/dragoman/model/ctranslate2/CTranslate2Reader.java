// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.ctranslate2;

import dev.dragoman.model.Model;
import dev.dragoman.model.ModelConfig;
import dev.dragoman.model.ModelConfig.Label;
import dev.dragoman.model.ModelConfig.Sizes;
import dev.dragoman.model.ModelConfig.SpecialTokens;
import dev.dragoman.model.ModelConfig.Variant;
import dev.dragoman.model.ModelFormatException;
import dev.dragoman.model.ShortlistFile;
import dev.dragoman.model.ShortlistFile.MarianLimits;
import dev.dragoman.model.TransformerWeights;
import dev.dragoman.model.files.JsonFile;
import dev.dragoman.model.files.ModelFiles;
import dev.dragoman.model.files.ModelFolder;
import dev.dragoman.model.files.TokenizerFiles;
import dev.dragoman.model.huggingface.AddedVocabulary;
import dev.dragoman.model.shortlist.VocabularyMap;
import dev.dragoman.model.tensors.UsedTensors;
import dev.dragoman.model.tensors.WeightReader;
import dev.dragoman.model.tensors.ZeroStart;
import dev.dragoman.text.BlankTokenizer;
import dev.dragoman.text.MarianTokenizer;
import dev.dragoman.text.SentencePiece;
import dev.dragoman.text.SourceTokens;
import dev.dragoman.text.Tokenizer;
import dev.dragoman.text.Vocabulary;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a Transformer in CTranslate2's form: {@code model.bin}, vocabularies, since version 6
 * {@code config.json}, and {@code sentencepiece.model} or {@code source.spm} where raw text is to
 * be translated; without, the input is tokens with blanks between them.
 *
 * @see <a href="https://opennmt.net/CTranslate2/conversion.html">CTranslate2</a>
 */
public final class CTranslate2Reader {

  private static final String CONFIG = "config.json";
  private static final String FORMAT = "CTranslate2";
  private static final Set<String> KINDS =
      Set.of("TransformerSpec", "TransformerBase", "TransformerBig");
  private static final int NEWEST_REVISION = 7;
  private static final String MARIANS_PIECES = "source.spm";
  private static final List<String> SENTENCE_PIECE = List.of("sentencepiece.model", MARIANS_PIECES);

  private final ModelFolder folder;
  private final Label label;
  private final CTranslate2File file;
  private final JsonFile config;
  private final CTranslate2Options options;

  private CTranslate2Reader(ModelFolder folder, Label label) {
    this.folder = folder;
    this.label = label;
    this.file = CTranslate2File.open(folder);
    this.options = new CTranslate2Options(file);
    this.config = JsonFile.readIfPresent(folder, CONFIG);
  }

  /** Says whether a folder looks like a model in this form. */
  public static boolean isIn(ModelFolder folder) {
    return folder.has(CTranslate2File.NAME);
  }

  /**
   * Reads the model in a folder.
   *
   * @throws ModelFormatException if a file is missing, broken or asks for something unsupported
   */
  public static Model read(ModelFolder folder) {
    Optional<String> pieces = SENTENCE_PIECE.stream().filter(folder::has).findFirst();
    return new CTranslate2Reader(folder, new Label(ModelFiles.modelName(folder.path()), FORMAT))
        .model(
            pieces.map(spm -> TokenizerFiles.sentencePiece(folder.file(spm), folder.bytes(spm))));
  }

  /** Reads the model in a folder whose texts are cut by {@code pieces}. */
  public static Model read(ModelFolder folder, SentencePiece pieces, Label label) {
    return new CTranslate2Reader(folder, label).model(Optional.of(pieces));
  }

  private Model model(Optional<SentencePiece> pieces) {
    refuseUnsupported();
    CTranslate2Sizes sizes = CTranslate2Sizes.of(file);
    UsedTensors tensors = new UsedTensors(file);
    TransformerWeights weights =
        new CTranslate2Weights(new WeightReader(tensors), sizes, epsilon()).read();
    tensors.refuseOthers(options.names());

    CTranslate2Tokens tokens = CTranslate2Tokens.of(file, config);
    String sourceFile = CTranslate2Tokens.vocabularyFile(folder, "source");
    String targetFile = CTranslate2Tokens.vocabularyFile(folder, "target");
    Vocabulary target = tokens.vocabulary(folder, targetFile, sizes.targetWords());
    Vocabulary source =
        sourceFile.equals(targetFile) && sizes.sourceWords() == sizes.targetWords()
            ? target
            : tokens.vocabulary(folder, sourceFile, sizes.sourceWords());
    SpecialTokens special = special(tokens, target, folder.file(targetFile));
    TransformerWeights started =
        options.startsFromZero()
            ? ZeroStart.of(weights, folder.file(CTranslate2File.NAME))
            : weights;
    return new Model(
        config(sizes, special, started),
        started,
        tokenizer(pieces, tokens, source, target),
        shortlist());
  }

  private Optional<ShortlistFile> shortlist() {
    return folder.has(VocabularyMap.NAME)
        ? Optional.of(
            new ShortlistFile(
                folder.file(VocabularyMap.NAME),
                folder.later(VocabularyMap.NAME),
                MarianLimits.USUAL))
        : Optional.empty();
  }

  private void refuseUnsupported() {
    if (!KINDS.contains(file.kind())) {
      throw file.wrong("a model of kind %s; %s are supported".formatted(file.kind(), KINDS));
    }
    if (file.revision() < 2 || file.revision() > NEWEST_REVISION) {
      throw file.wrong(
          "revision %d of %s; 2 to %d are supported"
              .formatted(file.revision(), file.kind(), NEWEST_REVISION));
    }
    if (config.has("quantization_type") && config.integer("quantization_type", 0, 99) != 0) {
      throw config.wrong("quantization_type", "supported; only 0 is");
    }
    options.refuseUnsupported();
  }

  private float epsilon() {
    if (!config.has("layer_norm_epsilon")) {
      return WeightReader.EPSILON;
    }
    double epsilon = config.root().get("layer_norm_epsilon").asDouble(Double.NaN);
    if (!(epsilon >= 0 && epsilon < 1)) {
      throw config.wrong("layer_norm_epsilon", "a small number");
    }
    return (float) epsilon;
  }

  private SpecialTokens special(CTranslate2Tokens tokens, Vocabulary target, Path targetFile) {
    int end = TokenizerFiles.id(targetFile, target, tokens.end());
    int unknown = TokenizerFiles.id(targetFile, target, tokens.unknown());
    if (options.startsFromZero()) {
      int zero = target.size();
      return new SpecialTokens(zero, end, zero, unknown, List.of(zero));
    }
    int start = TokenizerFiles.id(targetFile, target, tokens.start());
    return new SpecialTokens(start, end, -1, unknown, List.of());
  }

  private ModelConfig config(
      CTranslate2Sizes sizes, SpecialTokens special, TransformerWeights weights) {
    String quantization = file.quantization().map(type -> ", " + type).orElse("");
    return new ModelConfig(
        new Label(label.name(), label.format() + quantization),
        new Sizes(
            sizes.width(),
            sizes.encoder(),
            sizes.decoder(),
            sizes.positions(),
            weights.sourceEmbedding().shape().rows(),
            weights.targetEmbedding().shape().rows()),
        new Variant(
            options.activation(), options.normPlacement(), options.embeddingScale(sizes.width())),
        special,
        options.alignment(sizes.decoder()));
  }

  /**
   * Marian's tokenizers end every source themselves, and so CTranslate2's converters leave that out
   * of the model.
   */
  private boolean hasMariansPieces() {
    return folder.has(MARIANS_PIECES) && !folder.has(SENTENCE_PIECE.get(0));
  }

  private Tokenizer tokenizer(
      Optional<SentencePiece> pieces,
      CTranslate2Tokens tokens,
      Vocabulary source,
      Vocabulary target) {
    Path sourceFile = folder.file(CTranslate2Tokens.vocabularyFile(folder, "source"));
    SourceTokens sourceTokens =
        (hasMariansPieces() ? tokens.withEnd() : tokens).sourceTokens(source, sourceFile);
    int unknown = target.id(tokens.unknown(), -1);
    if (pieces.isEmpty()) {
      return new BlankTokenizer(sourceTokens, target, Set.of(tokens.begin(), tokens.end()));
    }
    List<String> parts = List.of(tokens.begin(), tokens.end(), tokens.start(), tokens.unknown());
    return new MarianTokenizer(pieces.get(), sourceTokens, target, unknown)
        .withAdded(AddedVocabulary.read(folder).inTexts(source, sourceFile, parts::contains));
  }
}
