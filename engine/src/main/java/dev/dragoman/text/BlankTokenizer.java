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
    List<String> tokens = tokens(text);
    int room = Math.max(1, maxTokens - source.before().size() - source.after().size());
    List<String> parts = new ArrayList<>();
    for (int from = 0; from < tokens.size(); from += room) {
      parts.add(String.join(" ", tokens.subList(from, Math.min(tokens.size(), from + room))));
    }
    return parts;
  }

  /** {@inheritDoc} Text that was not cut has few tokens that the model knows. */
  @Override
  public Optional<String> doubt(int[] ids) {
    Span text = text(ids);
    long unknown =
        Arrays.stream(ids, text.first(), text.first() + text.count())
            .filter(id -> id == source.unknown())
            .count();
    return 2 * unknown > text.count()
        ? Optional.of(
            unknown
                + " of "
                + text.count()
                + " tokens are unknown to the model: it takes tokens with blanks between them, not"
                + " plain text")
        : Optional.empty();
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
