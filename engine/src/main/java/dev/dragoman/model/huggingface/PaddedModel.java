// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.huggingface;

import dev.dragoman.model.Model;
import dev.dragoman.model.ModelConfig;
import dev.dragoman.model.ModelConfig.SpecialTokens;
import dev.dragoman.model.ModelFormatException;
import dev.dragoman.model.TransformerWeights;
import dev.dragoman.model.tensors.Tensors;
import dev.dragoman.model.tensors.ZeroStart;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * MarianMT's layout wants a padding token, which CTranslate2 does without. A model that has none
 * gets one more token, the last: its embedding is zero, and it is never chosen.
 */
final class PaddedModel {

  private PaddedModel() {}

  /**
   * Returns the model, with a padding token if it had none.
   *
   * @throws ModelFormatException if source and target cannot have the same one
   */
  static Model of(Model model) {
    ModelConfig config = model.config();
    SpecialTokens tokens = config.tokens();
    if (tokens.pad() >= 0) {
      return model;
    }
    int pad = config.sizes().targetVocabulary();
    if (config.sizes().sourceVocabulary() != pad) {
      throw new ModelFormatException(
          config.label().name()
              + " cannot be written as Hugging Face MarianMT: it has no padding token, and its"
              + " vocabularies differ in size");
    }
    List<Integer> suppressed = new ArrayList<>(tokens.suppressed());
    suppressed.add(pad);
    SpecialTokens padded =
        new SpecialTokens(tokens.start(), tokens.end(), pad, tokens.unknown(), suppressed);
    return new Model(
        config.withTokens(padded).withVocabularies(pad + 1),
        weights(model.weights(), Path.of(config.label().name())),
        model.tokenizer());
  }

  private static TransformerWeights weights(TransformerWeights weights, Path file) {
    TransformerWeights more = ZeroStart.of(weights, file);
    return weights.hasOneTable()
        ? more
        : more.withTables(
            Tensors.withZeroRow(weights.sourceEmbedding()), more.targetEmbedding(), more.output());
  }
}
