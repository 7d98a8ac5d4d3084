// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.marian;

import dev.dragoman.device.Activation;
import dev.dragoman.model.ModelConfig.Alignment;
import dev.dragoman.model.ModelConfig.NormPlacement;
import dev.dragoman.model.files.YamlFile;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The options that a Marian model was trained with, as {@code special:model.yml} holds them.
 *
 * @see <a href="https://marian-nmt.github.io/docs/cmd/marian/">Marian's options</a>
 */
record MarianOptions(YamlFile yaml) {

  private static final int MOST = 1 << 24;
  private static final int MOST_LAYERS = 1000;
  private static final int MOST_WIDTH = 1 << 14;

  /** The options that translations depend on, with the values that are supported. */
  private static final Map<String, List<String>> ONLY =
      Map.ofEntries(
          Map.entry("type", List.of("transformer")),
          Map.entry("transformer-decoder-autoreg", List.of("self-attention")),
          Map.entry("transformer-no-projection", List.of("false")),
          Map.entry("transformer-pool", List.of("false")),
          Map.entry("transformer-ffn-depth", List.of("2")),
          Map.entry("transformer-decoder-ffn-depth", List.of("0", "2")),
          Map.entry("transformer-postprocess-emb", List.of("", "d", "n", "nd")),
          Map.entry("transformer-train-position-embeddings", List.of("false")),
          Map.entry("transformer-train-positions", List.of("false")),
          Map.entry("transformer-disable-position-embeddings", List.of("false")),
          Map.entry("transformer-attention-mask", List.of("default")),
          Map.entry("transformer-no-bias", List.of("false")),
          Map.entry("transformer-no-affine", List.of("false")),
          Map.entry("right-left", List.of("false")),
          Map.entry("input-join-fields", List.of("false")),
          Map.entry("lemma-dim-emb", List.of("0")),
          Map.entry("lemma-dependency", List.of("")),
          Map.entry("factors-combine", List.of("sum")),
          Map.entry("ulr", List.of("false")));

  private static final Map<String, Activation> ACTIVATIONS =
      Map.of("swish", Activation.SWISH, "relu", Activation.RELU);

  /** Checks them. */
  MarianOptions {
    ONLY.forEach(
        (option, values) -> {
          String value = yaml.text(option).orElse(values.get(0));
          if (!values.contains(value)) {
            throw yaml.wrong(option, value, "supported; only " + values + " is");
          }
        });
    if (!yaml.list("input-types").stream().allMatch("sequence"::equals)) {
      throw yaml.wrong("input-types", yaml.list("input-types"), "supported; only sequences are");
    }
  }

  /** Reads the width: even and at least 4, as Marian's positions are not defined for others. */
  int width() {
    int width = yaml.integer("dim-emb", 4, MOST_WIDTH);
    if (width % 2 != 0) {
      throw yaml.wrong("dim-emb", width, "an even number");
    }
    return width;
  }

  int heads() {
    int heads = yaml.integer("transformer-heads", 1, MOST);
    if (width() % heads != 0) {
      throw yaml.wrong("transformer-heads", heads, "a divisor of dim-emb, which is " + width());
    }
    return heads;
  }

  int encoderLayers() {
    return yaml.integer("enc-depth", 1, MOST_LAYERS);
  }

  /** Reads the number under which the weights of each of the decoder's layers are stored. */
  List<Integer> decoderLayers() {
    int count = yaml.integer("dec-depth", 1, MOST_LAYERS);
    List<String> tied = yaml.list("transformer-tied-layers");
    if (tied.isEmpty()) {
      return IntStream.rangeClosed(1, count).boxed().toList();
    }
    if (tied.size() != count) {
      throw yaml.wrong("transformer-tied-layers", tied, "a list of dec-depth layers: " + count);
    }
    return tied.stream()
        .map(layer -> yaml.parse("transformer-tied-layers", layer, 1, count))
        .toList();
  }

  /** Reads the alignment: the first head of the layer that was trained for it, or of the last. */
  Alignment alignment() {
    String option = "transformer-guided-alignment-layer";
    int layers = decoderLayers().size();
    String layer = yaml.text(option).orElse("last");
    return new Alignment(
        layer.equals("last") ? layers - 1 : yaml.parse(option, layer, 1, layers) - 1, 1);
  }

  int encoderFeedForward() {
    return yaml.integer("transformer-dim-ffn", 1, MOST);
  }

  int decoderFeedForward() {
    String own = "transformer-decoder-dim-ffn";
    int size = yaml.text(own).isEmpty() ? 0 : yaml.integer(own, 0, MOST);
    return size == 0 ? encoderFeedForward() : size;
  }

  Activation activation() {
    String name = yaml.text("transformer-ffn-activation").orElse("swish");
    if (!ACTIVATIONS.containsKey(name)) {
      // Marian's gelu is one function in some versions and another in others.
      throw yaml.wrong("transformer-ffn-activation", name, "supported; swish and relu are");
    }
    return ACTIVATIONS.get(name);
  }

  /** Reads the norms' place: two combinations of pre- and post-processing are supported. */
  NormPlacement normPlacement() {
    String before = withoutDropout("transformer-preprocess", "");
    String after = withoutDropout("transformer-postprocess", "dan");
    String top = withoutDropout("transformer-postprocess-top", "");
    if (before.isEmpty() && after.equals("an") && top.isEmpty()) {
      return NormPlacement.POST;
    }
    if (before.equals("n") && after.equals("a") && top.equals("n")) {
      return NormPlacement.PRE;
    }
    throw yaml.wrong(
        "transformer-preprocess, transformer-postprocess and transformer-postprocess-top",
        List.of(before, after, top),
        "supported; dan after each layer, or n before, da after and n at the top is");
  }

  /** Returns whether there is a norm after the embedding. */
  boolean normalizesEmbedding() {
    return yaml.text("transformer-postprocess-emb").orElse("d").contains("n");
  }

  boolean tiesAllTables() {
    return yaml.flag("tied-embeddings-all");
  }

  boolean tiesSourceAndTarget() {
    return tiesAllTables() || yaml.flag("tied-embeddings-src");
  }

  boolean tiesTargetAndOutput() {
    return tiesAllTables() || yaml.flag("tied-embeddings");
  }

  /** Reads the size of the source's (0) or target's (1) vocabulary; 0 means the whole file. */
  int words(int side, int inFile) {
    List<String> sizes = yaml.list("dim-vocabs");
    if (sizes.size() != 2) {
      throw yaml.wrong("dim-vocabs", sizes, "two sizes");
    }
    int size = yaml.parse("dim-vocabs", sizes.get(side), 0, MOST);
    return size == 0 ? inFile : size;
  }

  /** Reads a chain of operations without dropout, which is for training only. */
  private String withoutDropout(String option, String otherwise) {
    String chain = yaml.texts().containsKey(option) ? yaml.text(option).orElse("") : otherwise;
    return chain.replace("d", "");
  }
}
