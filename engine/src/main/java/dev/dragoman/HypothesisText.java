// SPDX-License-Identifier: Apache-2.0
package dev.dragoman;

import dev.dragoman.model.Model;
import dev.dragoman.pipeline.AttentionWeights;
import dev.dragoman.pipeline.EngineOptions;
import dev.dragoman.search.Hypothesis;
import dev.dragoman.search.Search;
import dev.dragoman.text.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Turns hypotheses into text. */
final class HypothesisText {
  private final Tokenizer tokenizer;
  private final Search search;
  private final boolean keepsAttention;

  HypothesisText(Model model, EngineOptions options) {
    this.tokenizer = model.tokenizer();
    this.search = Search.of(options.search(), model.config());
    this.keepsAttention = options.attention() == AttentionWeights.KEEP;
  }

  /**
   * Makes a line's translation of the hypotheses of its parts: the best of each make the best, and
   * so on.
   *
   * @param parts for each of the line's parts its hypotheses, best first
   */
  Translation join(TokenizedLine line, List<List<Hypothesis>> parts) {
    List<int[]> sources = line.parts();
    // A line without any token has as many hypotheses as any other, all of them empty.
    int count = parts.stream().mapToInt(List::size).min().orElse(search.nBest());
    List<Translation.Hypothesis> joined =
        IntStream.range(0, count)
            .mapToObj(rank -> text(parts.stream().map(part -> part.get(rank)).toList(), sources))
            .toList();
    int targetTokens =
        parts.stream().filter(part -> !part.isEmpty()).mapToInt(part -> part.get(0).length()).sum();
    Optional<String> note = withCut(line.note(), parts);
    return new Translation(joined, Optional.empty(), note, line.tokens(), targetTokens);
  }

  /** Adds to the note that a part's best hypothesis was cut. */
  private static Optional<String> withCut(Optional<String> note, List<List<Hypothesis>> parts) {
    return parts.stream()
        .flatMap(part -> part.stream().limit(1))
        .filter(Hypothesis::isCut)
        .findFirst()
        .map(best -> "the translation was cut at " + best.length() + " tokens")
        .map(cut -> note.map(first -> first + "; " + cut).orElse(cut))
        .or(() -> note);
  }

  private Translation.Hypothesis text(List<Hypothesis> parts, List<int[]> sources) {
    String text =
        parts.stream()
            .map(part -> tokenizer.decode(part.tokens()))
            .filter(part -> !part.isEmpty())
            .collect(Collectors.joining(" "));
    List<String> pieces =
        parts.stream().flatMap(part -> tokenizer.pieces(part.tokens()).stream()).toList();
    double sum = parts.stream().mapToDouble(Hypothesis::sum).sum();
    int length = parts.stream().mapToInt(Hypothesis::length).sum();
    List<Translation.Attention> attention =
        IntStream.range(0, keepsAttention ? parts.size() : 0)
            .mapToObj(i -> attention(sources.get(i), parts.get(i).attention()))
            .toList();
    return new Translation.Hypothesis(text, search.score(sum, length), pieces, attention);
  }

  /** Leaves out of the source what stands for no text. */
  private Translation.Attention attention(int[] source, float[][] weights) {
    Tokenizer.Span text = tokenizer.text(source);
    int end = text.first() + text.count();
    float[][] ofText = new float[weights.length][];
    for (int i = 0; i < weights.length; i++) {
      ofText[i] = Arrays.copyOfRange(weights[i], text.first(), end);
    }
    List<String> pieces = tokenizer.sourcePieces(Arrays.copyOfRange(source, text.first(), end));
    return new Translation.Attention(pieces, ofText);
  }
}
