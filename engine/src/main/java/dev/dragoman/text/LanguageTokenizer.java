// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.text;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Tokens of a model of many languages, as M2M-100 and NLLB: pieces as usual, and a token that says
 * which language the source is in.
 */
public final class LanguageTokenizer implements Tokenizer {

  /** The place of the source language's token. */
  public enum Placement {
    /** The language's token stands before the text. */
    START,
    /** The language's token stands after the end token, as the first NLLB models have it. */
    END
  }

  private final Tokenizer pieces;
  private final Map<String, Integer> languages;
  private final Placement placement;
  private final Set<Integer> unspoken;
  private final Optional<String> source;

  /**
   * Makes one without a source language; see {@link #from}.
   *
   * @param pieces cuts text and joins it
   * @param languages each one's code, as {@code fr} or {@code fra_Latn}, and its token
   * @param placement of the source language's token
   * @param unspoken tokens that are no text, beside the languages'
   */
  public LanguageTokenizer(
      Tokenizer pieces,
      Map<String, Integer> languages,
      Placement placement,
      Set<Integer> unspoken) {
    this(pieces, languages, placement, unspoken, Optional.empty());
  }

  private LanguageTokenizer(
      Tokenizer pieces,
      Map<String, Integer> languages,
      Placement placement,
      Set<Integer> unspoken,
      Optional<String> source) {
    this.pieces = pieces;
    this.languages = Map.copyOf(languages);
    this.placement = placement;
    this.unspoken = Set.copyOf(unspoken);
    this.source = source;
  }

  /** Returns the same for texts in this language. */
  public LanguageTokenizer from(String language) {
    token(language);
    return new LanguageTokenizer(pieces, languages, placement, unspoken, Optional.of(language));
  }

  /** Returns the languages' codes, sorted. */
  public Set<String> languages() {
    return new TreeSet<>(languages.keySet());
  }

  /** Returns whether the source language has been said. */
  public boolean hasSource() {
    return source.isPresent();
  }

  /**
   * Returns the token of a language.
   *
   * @throws IllegalArgumentException if the model does not know it; the message lists what it knows
   */
  public int token(String language) {
    Integer token = languages.get(language);
    if (token == null) {
      throw new IllegalArgumentException(
          "there is no language '" + language + "'; there are " + String.join(" ", languages()));
    }
    return token;
  }

  @Override
  public int[] encode(String text) {
    int language = languages.get(source.orElseThrow());
    int[] ids = pieces.encode(text);
    if (ids.length == 0) {
      return ids;
    }
    int[] all = new int[ids.length + 1];
    boolean before = placement == Placement.START;
    System.arraycopy(ids, 0, all, before ? 1 : 0, ids.length);
    all[before ? 0 : ids.length] = language;
    return all;
  }

  @Override
  public Vocabulary sourceVocabulary() {
    return pieces.sourceVocabulary();
  }

  @Override
  public Vocabulary targetVocabulary() {
    return pieces.targetVocabulary();
  }

  @Override
  public List<String> pieces(int[] ids) {
    return pieces.pieces(ids);
  }

  @Override
  public Tokenizer ofPieces() {
    return new LanguageTokenizer(pieces.ofPieces(), languages, placement, unspoken, source);
  }

  @Override
  public List<String> split(String text, int maxTokens) {
    return pieces.split(text, maxTokens - 1);
  }

  @Override
  public String prefix(String text) {
    return pieces.prefix(text);
  }

  @Override
  public boolean hasText(String text) {
    return pieces.hasText(text);
  }

  @Override
  public Optional<String> doubt(String text, int[] ids) {
    return pieces.doubt(text, withoutLanguage(ids));
  }

  @Override
  public Span text(int[] ids) {
    boolean before = placement == Placement.START;
    Span text = pieces.text(withoutLanguage(ids));
    return before ? new Span(text.first() + 1, text.count()) : text;
  }

  private int[] withoutLanguage(int[] ids) {
    boolean before = placement == Placement.START;
    return Arrays.copyOfRange(ids, before ? 1 : 0, before ? ids.length : ids.length - 1);
  }

  @Override
  public List<String> sourcePieces(int[] ids) {
    return pieces.sourcePieces(ids);
  }

  @Override
  public String decode(int[] ids) {
    return pieces.decode(
        Arrays.stream(ids)
            .filter(id -> !unspoken.contains(id) && !languages.containsValue(id))
            .toArray());
  }
}
