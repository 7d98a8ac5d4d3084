// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model;

import dev.dragoman.text.BlankTokenizer;
import dev.dragoman.text.LanguageTokenizer;
import dev.dragoman.text.Tokenizer;
import java.util.Optional;

/**
 * A model as it lies on disk: what it is, its weights, and how text becomes its tokens.
 *
 * @param shortlist the file with a lexical shortlist that it brings, if it brings one
 */
public record Model(
    ModelConfig config,
    TransformerWeights weights,
    Tokenizer tokenizer,
    Optional<ShortlistFile> shortlist) {

  /** Makes a model without a shortlist. */
  public Model(ModelConfig config, TransformerWeights weights, Tokenizer tokenizer) {
    this(config, weights, tokenizer, Optional.empty());
  }

  /**
   * Sets a model of many languages to translate between two of them.
   *
   * @throws ModelFormatException if it has no such choice, or does not know a language
   */
  public Model between(String source, String target) {
    if (!(tokenizer instanceof LanguageTokenizer many)) {
      throw new ModelFormatException(
          config.label().name() + " translates between two languages only; none can be chosen");
    }
    try {
      ModelConfig chosen = config.withTokens(config.tokens().withFirst(many.token(target)));
      return new Model(chosen, weights, many.from(source), shortlist);
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException(config.label().name() + ": " + e.getMessage(), e);
    }
  }

  /** Returns the same for texts that are cut already: pieces with blanks between, in and out. */
  public Model ofPieces() {
    return new Model(config, weights, tokenizer.ofPieces(), shortlist);
  }

  /** Returns whether it takes such texts, as it was asked to or as it cannot cut text itself. */
  public boolean takesPieces() {
    return tokenizer instanceof BlankTokenizer;
  }

  /**
   * Refuses a model that cannot translate before its languages are chosen.
   *
   * @throws ModelFormatException if {@link #between} has to be called first
   */
  public void requireLanguages() {
    if (tokenizer instanceof LanguageTokenizer many && !many.hasSource()) {
      throw new ModelFormatException(
          config.label().name()
              + " translates between "
              + many.languages().size()
              + " languages: choose with the setting source-lang and the setting target-lang");
    }
  }
}
