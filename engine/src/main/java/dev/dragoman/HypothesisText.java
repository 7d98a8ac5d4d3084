package dev.dragoman;

import dev.dragoman.search.Hypothesis;
import dev.dragoman.search.Search;
import dev.dragoman.text.Tokenizer;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Turns hypotheses into text. */
final class HypothesisText {
  private final Tokenizer tokenizer;
  private final Search search;

  HypothesisText(Tokenizer tokenizer, Search search) {
    this.tokenizer = tokenizer;
    this.search = search;
  }

  /**
   * The translation of a line from the hypotheses of its parts: the best of each make the best, and
   * so on.
   */
  Translation join(List<List<Hypothesis>> parts, int sourceTokens, Optional<String> note) {
    // A line without any token has as many hypotheses as any other, all of them empty.
    int count = parts.stream().mapToInt(List::size).min().orElse(search.nBest());
    List<Translation.Hypothesis> joined =
        IntStream.range(0, count)
            .mapToObj(rank -> text(parts.stream().map(part -> part.get(rank)).toList()))
            .toList();
    int targetTokens =
        parts.stream().filter(part -> !part.isEmpty()).mapToInt(part -> part.get(0).length()).sum();
    return new Translation(
        joined, Optional.empty(), withCut(note, parts), sourceTokens, targetTokens);
  }

  /** The note, and that a part's best hypothesis was cut. */
  private static Optional<String> withCut(Optional<String> note, List<List<Hypothesis>> parts) {
    return parts.stream()
        .flatMap(part -> part.stream().limit(1))
        .filter(Hypothesis::isCut)
        .findFirst()
        .map(best -> "the translation was cut at " + best.length() + " tokens")
        .map(cut -> note.map(first -> first + "; " + cut).orElse(cut))
        .or(() -> note);
  }

  private Translation.Hypothesis text(List<Hypothesis> parts) {
    String text =
        parts.stream()
            .map(part -> tokenizer.decode(part.tokens()))
            .filter(part -> !part.isEmpty())
            .collect(Collectors.joining(" "));
    List<String> pieces =
        parts.stream().flatMap(part -> tokenizer.pieces(part.tokens()).stream()).toList();
    double sum = parts.stream().mapToDouble(Hypothesis::sum).sum();
    int length = parts.stream().mapToInt(Hypothesis::length).sum();
    return new Translation.Hypothesis(text, search.score(sum, length), pieces);
  }

  /** What went wrong, in one line. */
  static String oneLine(Throwable problem) {
    String message = problem.getMessage();
    String text = message == null ? problem.getClass().getSimpleName() : message;
    return text.lines().findFirst().orElse(text);
  }
}
