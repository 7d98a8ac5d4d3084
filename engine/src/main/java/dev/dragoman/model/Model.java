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

  /** Without a shortlist. */
  public Model(ModelConfig config, TransformerWeights weights, Tokenizer tokenizer) {
    this(config, weights, tokenizer, Optional.empty());
  }

  /**
   * A model of many languages, set to translate between two of them.
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

  /** The same for texts that are cut already: pieces with blanks between them, in and out. */
  public Model ofPieces() {
    return new Model(config, weights, tokenizer.ofPieces(), shortlist);
  }

  /** Whether it takes such texts: because it was asked to, or because it cannot cut text itself. */
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
          "%s translates between %d languages: choose the source and the target language"
              .formatted(config.label().name(), many.languages().size()));
    }
  }
}
