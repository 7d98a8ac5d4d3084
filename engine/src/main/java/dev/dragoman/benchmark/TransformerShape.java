// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.benchmark;

import dev.dragoman.model.ModelConfig;
import dev.dragoman.model.ModelConfig.Stack;
import java.util.List;
import java.util.Optional;

/**
 * The sizes of a Transformer that decide how fast it can be.
 *
 * @param name by which it is asked for
 * @param width d_model
 * @param encoder the encoder's layers
 * @param decoder the decoder's layers
 * @param vocabulary words that the decoder chooses from
 */
public record TransformerShape(
    String name, int width, Stack encoder, Stack decoder, int vocabulary) {

  /** The base model of "Attention Is All You Need" with the vocabulary of OPUS-MT models. */
  public static final TransformerShape BASE =
      new TransformerShape("base", 512, new Stack(6, 8, 2048), new Stack(6, 8, 2048), 58_101);

  /** The paper's big model with the same vocabulary. */
  public static final TransformerShape BIG =
      new TransformerShape("big", 1024, new Stack(6, 16, 4096), new Stack(6, 16, 4096), 58_101);

  /** The size of the small student models that browsers translate with: a shallow decoder. */
  public static final TransformerShape TINY =
      new TransformerShape("tiny", 256, new Stack(6, 8, 1536), new Stack(2, 8, 1536), 32_000);

  /** Those with a name. */
  public static final List<TransformerShape> NAMED = List.of(BASE, BIG, TINY);

  /** Returns the shape of that name. */
  public static Optional<TransformerShape> named(String name) {
    return NAMED.stream().filter(shape -> shape.name().equals(name)).findFirst();
  }

  /** Returns the shape of a model. */
  public static TransformerShape of(ModelConfig model) {
    return new TransformerShape(
        model.label().name(),
        model.sizes().width(),
        model.sizes().encoder(),
        model.sizes().decoder(),
        model.sizes().targetVocabulary());
  }

  @Override
  public String toString() {
    return String.format(
        "%s: %d+%d layers, d %d, %d heads, feed-forward %d, vocabulary %,d",
        name,
        encoder.layers(),
        decoder.layers(),
        width,
        decoder.heads(),
        decoder.feedForward(),
        vocabulary);
  }
}
