// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Tokens with blanks between them, as input and as translation: for texts that are cut already, and
 * for models that come without the means to do so.
 */
public final class BlankTokenizer extends PieceTokenizer {

  private final Set<String> marks;

  /**
   * Makes a tokenizer for one model.
   *
   * @param source what the source's tokens become
   * @param target the target's tokens
   * @param marks tokens that begin or end a sentence; a source of nothing else is empty
   */
  public BlankTokenizer(SourceTokens source, Vocabulary target, Set<String> marks) {
    super(source, target);
    this.marks = Set.copyOf(marks);
  }

  @Override
  public Tokenizer ofPieces() {
    return this;
  }

  /** {@inheritDoc} Only between tokens. */
  @Override
  public List<String> split(String text, int maxTokens) {
    String tag = prefix(text);
    List<String> tokens = tokens(text.substring(tag.length()));
    int around = source.before().size() + source.after().size() + (tag.isEmpty() ? 0 : 1);
    int room = Math.max(1, maxTokens - around);
    List<String> parts = new ArrayList<>();
    for (int from = 0; from < tokens.size(); from += room) {
      String part = String.join(" ", tokens.subList(from, Math.min(tokens.size(), from + room)));
      parts.add(tag.isEmpty() ? part : LanguageTags.of(tag) + " " + part);
    }
    return parts;
  }

  /** {@inheritDoc} A tag is a token as any other, but each part of a long text needs it. */
  @Override
  public String prefix(String text) {
    String tag = tags.prefix(text);
    boolean alone = !tag.isEmpty() && tokens(text).get(0).equals(LanguageTags.of(tag));
    return alone ? tag : "";
  }

  /** {@inheritDoc} A token is what it is, even if nobody sees it. */
  @Override
  public boolean hasText(String text) {
    return true;
  }

  /** {@inheritDoc} Text that was not cut has few tokens that the model knows. */
  @Override
  public Optional<String> doubt(String text, int[] ids) {
    Span tokens = text(ids);
    long unknown =
        Arrays.stream(ids, tokens.first(), tokens.first() + tokens.count())
            .filter(id -> id == source.unknown())
            .count();
    return 2 * unknown > tokens.count()
        ? Optional.of(
            unknown
                + " of "
                + tokens.count()
                + " tokens are unknown to the model: it takes tokens with blanks between them, not"
                + " plain text")
        : tags.doubt(text, "an unknown token");
  }

  private static List<String> tokens(String text) {
    return Arrays.stream(text.split(" ")).filter(token -> !token.isEmpty()).toList();
  }

  /** {@inheritDoc} The end token is there only if the model asks for one. */
  @Override
  public int[] encode(String text) {
    List<String> tokens = tokens(text);
    return marks.containsAll(tokens) ? new int[0] : source.ids(tokens);
  }

  @Override
  public String decode(int[] ids) {
    return MarianTokenizer.withoutLineBreaks(pieces(ids).stream().collect(Collectors.joining(" ")));
  }
}
