package dev.dragoman.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * For texts that are cut already, and for models that come without the means to do so: the input is
 * tokens with blanks between them, and so is the translation.
 */
public final class BlankTokenizer implements Tokenizer {

  private final SourceTokens source;
  private final Vocabulary target;
  private final Set<String> marks;
  private final LanguageTags tags;

  /**
   * A tokenizer for one model.
   *
   * @param source what the source's tokens become
   * @param target the target's tokens
   * @param marks tokens that begin or end a sentence; a source of nothing else is empty
   */
  public BlankTokenizer(SourceTokens source, Vocabulary target, Set<String> marks) {
    this.source = source;
    this.target = target;
    this.marks = Set.copyOf(marks);
    this.tags = new LanguageTags(source.vocabulary());
  }

  @Override
  public Tokenizer ofPieces() {
    return this;
  }

  @Override
  public Vocabulary sourceVocabulary() {
    return source.vocabulary();
  }

  @Override
  public Vocabulary targetVocabulary() {
    return target;
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
  public List<String> pieces(int[] ids) {
    return Arrays.stream(ids).mapToObj(target::piece).toList();
  }

  @Override
  public Span text(int[] ids) {
    return source.pieces(ids);
  }

  @Override
  public List<String> sourcePieces(int[] ids) {
    return Arrays.stream(ids).mapToObj(source.vocabulary()::piece).toList();
  }

  @Override
  public String decode(int[] ids) {
    return MarianTokenizer.withoutLineBreaks(pieces(ids).stream().collect(Collectors.joining(" ")));
  }
}
