// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.shortlist;

import dev.dragoman.model.Model;
import dev.dragoman.model.ModelConfig;
import dev.dragoman.model.ModelConfig.SpecialTokens;
import dev.dragoman.text.Tokenizer;
import dev.dragoman.text.Vocabulary;
import java.util.BitSet;

/** The words of a model, for the readers of shortlists. */
record ShortlistWords(ModelConfig config, Tokenizer tokenizer) {

  static ShortlistWords of(Model model) {
    return new ShortlistWords(model.config(), model.tokenizer());
  }

  Vocabulary source() {
    return tokenizer.sourceVocabulary();
  }

  Vocabulary target() {
    return tokenizer.targetVocabulary();
  }

  /** Returns what stands for words that the target lacks. */
  int unknown() {
    return config.tokens().unknown();
  }

  /**
   * Returns what every shortlist has: the end, the unknown word, and what a translation begins
   * with.
   */
  BitSet needed() {
    SpecialTokens tokens = config.tokens();
    BitSet needed = new BitSet(config.sizes().targetVocabulary());
    needed.set(tokens.end());
    needed.set(tokens.unknown());
    tokens.first().ifPresent(needed::set);
    return needed;
  }
}
