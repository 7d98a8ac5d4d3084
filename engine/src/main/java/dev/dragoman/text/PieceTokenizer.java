// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.text;

import java.util.Arrays;
import java.util.List;

/** What tokenizers have in common whose tokens are pieces of two vocabularies. */
abstract class PieceTokenizer implements Tokenizer {
  final SourceTokens source;
  final Vocabulary target;
  final LanguageTags tags;

  /**
   * Keeps the vocabularies.
   *
   * @param source says what the source's pieces become
   * @param target the target's pieces
   */
  PieceTokenizer(SourceTokens source, Vocabulary target) {
    this.source = source;
    this.target = target;
    this.tags = new LanguageTags(source.vocabulary());
  }

  /** Returns what makes ids of the source's pieces. */
  public final SourceTokens sourceTokens() {
    return source;
  }

  @Override
  public final Vocabulary sourceVocabulary() {
    return source.vocabulary();
  }

  /** {@inheritDoc} The same object as the source's where there is one vocabulary. */
  @Override
  public final Vocabulary targetVocabulary() {
    return target;
  }

  @Override
  public final List<String> pieces(int[] ids) {
    return Arrays.stream(ids).mapToObj(target::piece).toList();
  }

  @Override
  public final List<String> sourcePieces(int[] ids) {
    return Arrays.stream(ids).mapToObj(source.vocabulary()::piece).toList();
  }

  @Override
  public final Span text(int[] ids) {
    return source.pieces(ids);
  }
}
