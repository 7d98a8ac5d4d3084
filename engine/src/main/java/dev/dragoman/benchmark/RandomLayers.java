// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.benchmark;

import dev.dragoman.model.ModelConfig.Stack;
import dev.dragoman.model.TransformerWeights.Attention;
import dev.dragoman.model.TransformerWeights.DecoderLayer;
import dev.dragoman.model.TransformerWeights.Dense;
import dev.dragoman.model.TransformerWeights.EncoderLayer;
import dev.dragoman.model.TransformerWeights.FeedForward;
import dev.dragoman.model.TransformerWeights.Norm;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The layers of a Transformer, whose products and norms are drawn one after another in the order of
 * a layer's parts.
 *
 * @param width d_model
 * @param products draws each product
 * @param norms draws each norm
 */
public record RandomLayers(int width, Products products, Supplier<Norm> norms) {

  /** Draws a product. */
  public interface Products {
    /** Draws one of outputs × inputs, and its bias. */
    Dense draw(int outputs, int inputs);
  }

  /** Draws the encoder's layers. */
  public List<EncoderLayer> encoder(Stack stack) {
    return Stream.generate(() -> encoderLayer(stack)).limit(stack.layers()).toList();
  }

  /** Draws the decoder's layers. */
  public List<DecoderLayer> decoder(Stack stack) {
    return Stream.generate(() -> decoderLayer(stack)).limit(stack.layers()).toList();
  }

  private EncoderLayer encoderLayer(Stack stack) {
    return new EncoderLayer(attention(), norms.get(), feedForward(stack), norms.get());
  }

  private DecoderLayer decoderLayer(Stack stack) {
    return new DecoderLayer(
        attention(), norms.get(), attention(), norms.get(), feedForward(stack), norms.get());
  }

  private Attention attention() {
    return new Attention(
        products.draw(width, width),
        products.draw(width, width),
        products.draw(width, width),
        products.draw(width, width));
  }

  private FeedForward feedForward(Stack stack) {
    return new FeedForward(
        products.draw(stack.feedForward(), width), products.draw(width, stack.feedForward()));
  }
}
