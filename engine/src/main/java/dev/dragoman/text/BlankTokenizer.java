package dev.dragoman.text;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * For models that come without the means to cut text: the input is tokens with blanks between them,
 * and so is the translation.
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

  /** {@inheritDoc} The end token is there only if the model asks for one. */
  @Override
  public int[] encode(String text) {
    List<String> tokens = Arrays.stream(text.split(" ")).filter(token -> !token.isEmpty()).toList();
    return marks.containsAll(tokens) ? new int[0] : source.ids(tokens);
  }

  @Override
  public List<String> pieces(int[] ids) {
    return Arrays.stream(ids).mapToObj(target::piece).toList();
  }

  @Override
  public String decode(int[] ids) {
    return MarianTokenizer.withoutLineBreaks(pieces(ids).stream().collect(Collectors.joining(" ")));
  }
}
