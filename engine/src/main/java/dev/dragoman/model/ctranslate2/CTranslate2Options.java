// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.ctranslate2;

import dev.dragoman.device.Activation;
import dev.dragoman.model.ModelConfig.Alignment;
import dev.dragoman.model.ModelConfig.NormPlacement;
import dev.dragoman.model.ModelConfig.Stack;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * Reads the options that CTranslate2 stores among the variables: the encoder and the decoder have
 * their own since revision 5, and shared theirs before.
 */
record CTranslate2Options(CTranslate2File file) {

  /** The activations that CTranslate2 knows, at the numbers that it gives them. */
  private static final List<String> ACTIVATIONS =
      List.of("ReLU", "GELUTanh", "Swish", "GELU", "GELUSigmoid", "Tanh", "Sigmoid");

  private static final Map<String, Activation> SUPPORTED =
      Map.of(
          "ReLU", Activation.RELU,
          "GELUTanh", Activation.GELU_TANH,
          "Swish", Activation.SWISH,
          "GELU", Activation.GELU);

  /** The options that must be 0, or left out. */
  private static final List<String> OFF = List.of("alibi", "multi_query_attention");

  /** The options that are read here or by others, or that change no translation. */
  private static final List<String> KNOWN =
      List.of(
          "num_heads",
          "pre_norm",
          "activation",
          "scale_embeddings",
          "embeddings/multiply_by_sqrt_depth",
          "start_from_zero_embedding",
          "alignment_layer",
          "alignment_heads",
          "embeddings_merge", // joins several embeddings, of which the second is refused
          "alibi_use_positive_positions", // means nothing without alibi, as the next
          "scale_alibi");

  private static final List<String> SIDES = List.of("encoder", "decoder");

  /** Returns the names of all variables that are options and not weights. */
  Set<String> names() {
    Set<String> names = new HashSet<>(CTranslate2Tokens.ATTRIBUTES);
    for (String option : KNOWN) {
      names.add(option);
      SIDES.forEach(side -> names.add(side + "/" + option));
    }
    for (String option : OFF) {
      SIDES.forEach(side -> names.add(side + "/" + option));
    }
    // The scales of quantized weights are taken with them.
    file.names().stream()
        .filter(name -> name.endsWith("/weight_scale"))
        .filter(name -> file.names().contains(name.substring(0, name.length() - 6)))
        .forEach(names::add);
    return names;
  }

  void refuseUnsupported() {
    for (String side : SIDES) {
      for (String option : OFF) {
        double value = file.number(side + "/" + option).orElse(0.0);
        if (value != 0) {
          throw file.wrong("%s/%s is %s; only 0 is supported".formatted(side, option, value));
        }
      }
    }
  }

  Activation activation() {
    double number = same("activation", (side, name) -> number(side, name, 0));
    if (number < 0 || number >= ACTIVATIONS.size() || number != Math.rint(number)) {
      throw file.wrong("activation is " + number + ", which is unknown");
    }
    String name = ACTIVATIONS.get((int) number);
    if (!SUPPORTED.containsKey(name)) {
      throw file.wrong("activation %s is not supported".formatted(name));
    }
    return SUPPORTED.get(name);
  }

  NormPlacement normPlacement() {
    double preNorm = same("pre_norm", (side, name) -> number(side, name, 1));
    return preNorm == 0 ? NormPlacement.POST : NormPlacement.PRE;
  }

  /** Reads the embeddings' factor: √width, unless that is switched off or replaced. */
  float embeddingScale(int width) {
    double scale =
        same(
            "scale_embeddings",
            (side, option) -> {
              String old = side + "/embeddings/multiply_by_sqrt_depth";
              String name = file.names().contains(side + "/" + option) ? side + "/" + option : old;
              double value = file.number(name).orElse(1.0);
              if (file.isReal(name)) {
                return value;
              }
              return value == 0 ? 1 : Math.sqrt(width);
            });
    if (!Double.isFinite(scale)) {
      throw file.wrong("scale_embeddings is " + scale);
    }
    return (float) scale;
  }

  /** Says whether decoding starts from a vector of zeros and not from a token's. */
  boolean startsFromZero() {
    return file.number("decoder/start_from_zero_embedding").orElse(0.0) != 0;
  }

  /** Reads which attention is the alignment; 0 heads are all of them, as in CTranslate2. */
  Alignment alignment(Stack decoder) {
    double layer = file.number("decoder/alignment_layer").orElse(-1.0);
    double heads = file.number("decoder/alignment_heads").orElse(1.0);
    double fromFirst = layer < 0 ? decoder.layers() + layer : layer;
    if (fromFirst != Math.rint(fromFirst) || fromFirst < 0 || fromFirst >= decoder.layers()) {
      throw file.wrong(
          "decoder/alignment_layer is %s, but there are %d layers"
              .formatted(layer, decoder.layers()));
    }
    if (heads != Math.rint(heads) || heads < 0 || heads > decoder.heads()) {
      throw file.wrong(
          "decoder/alignment_heads is %s, but there are %d heads"
              .formatted(heads, decoder.heads()));
    }
    return new Alignment((int) fromFirst, heads == 0 ? decoder.heads() : (int) heads);
  }

  private double number(String side, String option, double otherwise) {
    return file.number(side + "/" + option).or(() -> file.number(option)).orElse(otherwise);
  }

  private double same(String option, BiFunction<String, String, Double> value) {
    Double encoder = value.apply("encoder", option);
    Double decoder = value.apply("decoder", option);
    if (!Objects.equals(encoder, decoder)) {
      throw file.wrong(
          "%s is %s in the encoder and %s in the decoder; only equal ones are supported"
              .formatted(option, encoder, decoder));
    }
    return encoder;
  }
}
