package dev.dragoman.text;

import java.util.List;
import java.util.Optional;

/** Turns text into a model's tokens and back. Safe to call from several threads. */
public interface Tokenizer {

  /**
   * The source's token ids, the end token last if the model wants one; an empty array for text
   * without any token.
   */
  int[] encode(String text);

  /** The pieces of target token ids, for people and tests. */
  List<String> pieces(int[] ids);

  /** The pieces of source token ids; those of the target where the two share a vocabulary. */
  default List<String> sourcePieces(int[] ids) {
    return pieces(ids);
  }

  /**
   * The source's pieces and their ids.
   *
   * @throws UnsupportedOperationException if it has no such list
   */
  default Vocabulary sourceVocabulary() {
    throw new UnsupportedOperationException(getClass().getSimpleName() + " lists no pieces");
  }

  /** As {@link #sourceVocabulary}, the target's. */
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
   * Which token ids of a source stand for its text; the others end it, or name languages. All of
   * them for tokenizers that add none.
   */
  default Span text(int[] ids) {
    return new Span(0, ids.length);
  }

  /** Normal text of target token ids, none of which is the end token. Never holds a line break. */
  String decode(int[] ids);

  /**
   * The same tokens for texts that are cut already: pieces with blanks between them, in the source
   * and in the translation.
   *
   * @throws UnsupportedOperationException if it has no such form
   */
  default Tokenizer ofPieces() {
    throw new UnsupportedOperationException(getClass().getSimpleName() + " has no such form");
  }

  /**
   * The parts of a text that is too long, to be translated one by one.
   *
   * @param maxTokens the most tokens of a part
   */
  default List<String> split(String text, int maxTokens) {
    return SentenceSplitter.split(text, maxTokens, this);
  }

  /**
   * What the user should know about a text that can be translated; empty for most.
   *
   * @param ids of the text
   */
  default Optional<String> doubt(String text, int[] ids) {
    return Optional.empty();
  }

  /**
   * What the text begins with that is not text but concerns all of it, such as a language tag; each
   * part of a text that is split must begin with it. Empty for most.
   */
  default String prefix(String text) {
    return "";
  }

  /** Whether there is anything to translate: anything to see, behind the prefix. */
  default boolean hasText(String text) {
    return !InvisibleCharacters.areAllOf(text.substring(prefix(text).length()));
  }
}
