// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.benchmark;

import dev.dragoman.model.Model;
import dev.dragoman.model.ModelConfig.Stack;

/** A Transformer that even an emulated device is through with in a moment. */
public final class SmallTransformer {
  private SmallTransformer() {}

  /** Returns a shape with two layers of the decoder and 100 words. */
  public static TransformerShape shape() {
    return new TransformerShape("small", 64, new Stack(1, 2, 96), new Stack(2, 2, 96), 100);
  }

  /** Returns a model of this shape with random weights. */
  public static Model model() {
    return RandomTransformer.of(shape(), 7);
  }
}
