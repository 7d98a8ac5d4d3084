// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.text;

import java.util.List;
import java.util.Optional;

/** Turns text into a model's tokens and back. Safe to call from several threads. */
public interface Tokenizer {

  /**
   * Returns the source's token ids, the end token last if the model wants one; an empty array for
   * text without any token.
   */
  int[] encode(String text);

  /** Returns the pieces of target token ids. */
  List<String> pieces(int[] ids);

  /** Returns the pieces of source token ids, the target's where the two share a vocabulary. */
  default List<String> sourcePieces(int[] ids) {
    return pieces(ids);
  }

  /**
   * Returns the source's pieces and their ids.
   *
   * @throws UnsupportedOperationException if it has no such list
   */
  default Vocabulary sourceVocabulary() {
    throw new UnsupportedOperationException(getClass().getSimpleName() + " lists no pieces");
  }

  /** Returns the target's pieces and their ids; throws as {@link #sourceVocabulary} does. */
  default Vocabulary targetVocabulary() {
    return sourceVocabulary();
  }

  /**
   * Some of a source's tokens.
   *
   * @param first the first of them
   * @param count how many follow each other from there
   */
  record Span(int first, int count) {}

  /**
   * Returns which token ids of a source stand for its text; the others end it, or name languages.
   * All of them do for tokenizers that add none.
   */
  default Span text(int[] ids) {
    return new Span(0, ids.length);
  }

  /** Returns normal text of target token ids without the end token; it has no line break. */
  String decode(int[] ids);

  /**
   * Returns the same tokens for texts that are cut already: pieces with blanks between them, in the
   * source and in the translation.
   *
   * @throws UnsupportedOperationException if it has no such form
   */
  default Tokenizer ofPieces() {
    throw new UnsupportedOperationException(getClass().getSimpleName() + " has no such form");
  }

  /**
   * Splits a text that is too long into parts, to be translated one by one.
   *
   * @param maxTokens the most tokens of a part
   */
  default List<String> split(String text, int maxTokens) {
    return SentenceSplitter.split(text, maxTokens, this);
  }

  /**
   * Returns what the user should know about a text that can be translated; empty for most.
   *
   * @param ids of the text
   */
  default Optional<String> doubt(String text, int[] ids) {
    return Optional.empty();
  }

  /**
   * Returns what the text begins with that is not text but concerns all of it, such as a language
   * tag; each part of a text that is split must begin with it. Empty for most.
   */
  default String prefix(String text) {
    return "";
  }

  /** Returns whether there is anything to translate: anything to see, behind the prefix. */
  default boolean hasText(String text) {
    return !InvisibleCharacters.areAllOf(text.substring(prefix(text).length()));
  }
}
