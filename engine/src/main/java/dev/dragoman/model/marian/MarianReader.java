// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.marian;

import dev.dragoman.model.Model;
import dev.dragoman.model.ModelConfig;
import dev.dragoman.model.ModelConfig.Label;
import dev.dragoman.model.ModelConfig.Sizes;
import dev.dragoman.model.ModelConfig.SpecialTokens;
import dev.dragoman.model.ModelConfig.Stack;
import dev.dragoman.model.ModelConfig.Variant;
import dev.dragoman.model.ModelFormatException;
import dev.dragoman.model.ShortlistFile;
import dev.dragoman.model.ShortlistFile.MarianLimits;
import dev.dragoman.model.TransformerWeights;
import dev.dragoman.model.files.ModelFiles;
import dev.dragoman.model.files.ModelFolder;
import dev.dragoman.model.files.TokenizerFiles;
import dev.dragoman.model.files.YamlFile;
import dev.dragoman.model.tensors.Npz;
import dev.dragoman.model.tensors.UsedTensors;
import dev.dragoman.model.tensors.WeightReader;
import dev.dragoman.model.tensors.ZeroStart;
import dev.dragoman.text.MarianTokenizer;
import dev.dragoman.text.SentencePiece;
import dev.dragoman.text.Vocabulary;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads a Marian model as OPUS-MT publishes it, a directory or its zip: {@code decoder.yml} names
 * the {@code .npz} with weights and options and the vocabularies; {@code source.spm} cuts the text.
 * {@code target.spm} is not needed: joining pieces into text takes no model.
 *
 * <p>Positions and the norms' epsilon are Marian's own. MarianMT and CTranslate2 run converted
 * Marian models with slightly different ones: their wavelengths divide by half the width, Marian's
 * by half the width less one.
 *
 * @see <a href="https://marian-nmt.github.io">Marian</a>
 */
public final class MarianReader {

  private static final String WEIGHTS_END = ".npz";
  private static final String DECODER = "decoder.yml";
  private static final String OPTIONS = "special:model.yml";
  private static final String FORMAT = "Marian";
  private static final String SHORTLIST = "shortlist";
  private static final String END = "</s>";
  private static final String UNKNOWN = "<unk>";

  private static final Pattern ZERO = Pattern.compile("0(\\.0*)?");
  private static final Pattern FALSE = Pattern.compile("false");
  private static final Pattern NOTHING = Pattern.compile("");

  /** Options of decoding that change translations, and the values that switch each off. */
  private static final Map<String, Pattern> OFF =
      Map.of(
          "word-penalty", ZERO,
          "output-sampling", NOTHING,
          "force-decode", FALSE,
          "skip-cost", FALSE,
          "ignore-model-config", FALSE,
          "no-spm-encode", FALSE,
          "output-approx-knn", NOTHING);

  private final ModelFolder folder;
  private final YamlFile decoder;

  private MarianReader(ModelFolder folder) {
    this.folder = folder;
    this.decoder = YamlFile.parse(folder.file(DECODER), folder.bytes(DECODER));
  }

  /** Says whether a folder looks like a model of Marian's. */
  public static boolean isIn(ModelFolder folder) {
    return !folder.endingWith(WEIGHTS_END).isEmpty();
  }

  /**
   * Reads the model in a folder.
   *
   * @throws ModelFormatException if a file is missing, broken or asks for something unsupported
   */
  public static Model read(ModelFolder folder) {
    return new MarianReader(folder).model();
  }

  private Model model() {
    OFF.forEach(
        (option, off) -> {
          List<String> values = decoder.list(option);
          if (!values.isEmpty() && !isOff(values, off)) {
            throw decoder.wrong(option, values, "supported");
          }
        });
    String weightsName = only("models", 1).get(0);
    Npz npz = Npz.open(folder, weightsName);
    MarianOptions options = options(npz);
    List<String> vocabularies = only("vocabs", 2);
    Vocabulary source = vocabulary(vocabularies.get(0), options, 0);
    boolean same =
        vocabularies.get(0).equals(vocabularies.get(1))
            && options.words(0, 0) == options.words(1, 0);
    Vocabulary target = same ? source : vocabulary(vocabularies.get(1), options, 1);
    SpecialTokens tokens = tokens(vocabularies, source, target);

    ModelConfig config = config(options, source.size(), target.size(), tokens);
    UsedTensors tensors = new UsedTensors(npz);
    TransformerWeights weights =
        new MarianWeights(new WeightReader(tensors), options, config).read();
    tensors.refuseOthers(Set.of(OPTIONS));
    TransformerWeights started = ZeroStart.of(weights, npz.file());
    int sourceWords = started.sourceEmbedding().shape().rows();
    SentencePiece pieces =
        TokenizerFiles.sentencePiece(folder.file("source.spm"), folder.bytes("source.spm"));
    return new Model(
        config(options, sourceWords, target.size() + 1, tokens),
        started,
        new MarianTokenizer(pieces, source, target, tokens.end(), tokens.unknown()),
        shortlist());
  }

  /** Reads where the shortlist lies and, for one in text, what is taken of it. */
  private Optional<ShortlistFile> shortlist() {
    List<String> values = decoder.list(SHORTLIST);
    if (values.isEmpty()) {
      return Optional.empty();
    }
    String name = values.get(0);
    if (!folder.has(name)) {
      throw decoder.wrong(SHORTLIST, name, "a file beside it");
    }
    MarianLimits usual = MarianLimits.USUAL;
    boolean checked = values.size() == 2 && values.get(1).matches("true|false"); // of a binary one
    return Optional.of(
        new ShortlistFile(
            folder.file(name),
            folder.later(name),
            checked
                ? usual
                : new MarianLimits(
                    number(values, 1, usual.first()),
                    number(values, 2, usual.best()),
                    threshold(values, usual.threshold()))));
  }

  private int number(List<String> values, int index, int otherwise) {
    return index < values.size()
        ? decoder.parse(SHORTLIST, values.get(index), 0, 1 << 24)
        : otherwise;
  }

  private double threshold(List<String> values, double otherwise) {
    if (values.size() <= 3) {
      return otherwise;
    }
    try {
      return Double.parseDouble(values.get(3));
    } catch (NumberFormatException e) {
      throw decoder.wrong(SHORTLIST, values.get(3), "a probability");
    }
  }

  private static boolean isOff(List<String> values, Pattern off) {
    return values.size() == 1 && off.matcher(values.get(0)).matches();
  }

  /** Reads the names of {@code count} files in decoder.yml, which must lie beside it. */
  private List<String> only(String option, int count) {
    List<String> files = decoder.list(option);
    if (files.size() != count) {
      throw decoder.wrong(option, files, "a list of " + count);
    }
    for (String name : files) {
      if (!folder.has(name)) {
        throw decoder.wrong(option, name, "a file beside it");
      }
    }
    return files;
  }

  private MarianOptions options(Npz npz) {
    byte[] yaml =
        npz.bytes(OPTIONS)
            .orElseThrow(
                () -> new ModelFormatException(npz.file() + ": array " + OPTIONS + " is missing"));
    int length = yaml.length;
    while (length > 0 && yaml[length - 1] == 0) {
      length--;
    }
    Path file = npz.file().resolve("model.yml");
    return new MarianOptions(YamlFile.parse(file, Arrays.copyOf(yaml, length)));
  }

  private Vocabulary vocabulary(String name, MarianOptions options, int side) {
    Path file = folder.file(name);
    if (!name.endsWith(".yml") && !name.endsWith(".yaml")) {
      throw new ModelFormatException(file + ": only vocabularies in YAML are supported");
    }
    YamlFile yaml = YamlFile.parse(file, folder.bytes(name));
    Map<String, Integer> ids = new LinkedHashMap<>();
    yaml.texts().forEach((piece, id) -> ids.put(piece, yaml.parse(piece, id, 0, 1 << 24)));
    return TokenizerFiles.vocabulary(file, ids, options.words(side, ids.size()));
  }

  private SpecialTokens tokens(List<String> files, Vocabulary source, Vocabulary target) {
    int end = TokenizerFiles.id(folder.file(files.get(1)), target, END);
    int unknown = TokenizerFiles.id(folder.file(files.get(1)), target, UNKNOWN);
    Path sourceFile = folder.file(files.get(0));
    if (TokenizerFiles.id(sourceFile, source, END) != end
        || TokenizerFiles.id(sourceFile, source, UNKNOWN) != unknown) {
      throw new ModelFormatException(
          "%s: %s and %s have other ids than in %s"
              .formatted(sourceFile, END, UNKNOWN, files.get(1)));
    }
    int zero = target.size();
    return new SpecialTokens(zero, end, zero, unknown, List.of(zero));
  }

  private ModelConfig config(
      MarianOptions options, int sourceWords, int targetWords, SpecialTokens tokens) {
    int width = options.width();
    int heads = options.heads();
    return new ModelConfig(
        new Label(ModelFiles.modelName(folder.path()), FORMAT),
        new Sizes(
            width,
            new Stack(options.encoderLayers(), heads, options.encoderFeedForward()),
            new Stack(options.decoderLayers().size(), heads, options.decoderFeedForward()),
            MarianWeights.POSITIONS,
            sourceWords,
            targetWords),
        new Variant(options.activation(), options.normPlacement(), (float) Math.sqrt(width)),
        tokens,
        options.alignment());
  }
}
