// SPDX-License-Identifier: Apache-2.0
package dev.dragoman;

import java.util.List;
import java.util.Optional;

/**
 * What became of one line.
 *
 * @param hypotheses best first, at most as many as {@link dev.dragoman.search.SearchOptions#nBest}
 *     asks for; for an empty line so many empty ones with score 0; none if it failed
 * @param failure why there is no translation, in one line; empty if there is one
 * @param note what the user should know about this line though it was translated: that it was split
 *     or cut, or that its translation was; that it begins with a language tag which the model lacks
 * @param sourceTokens tokens of the source, end tokens counted
 * @param targetTokens tokens of the best hypothesis, end tokens counted
 */
public record Translation(
    List<Hypothesis> hypotheses,
    Optional<String> failure,
    Optional<String> note,
    int sourceTokens,
    int targetTokens) {

  /**
   * One translation of a line.
   *
   * @param text normal text
   * @param score the sum of the log-probabilities of its tokens divided by lengthᵅ
   * @param pieces the subwords it is made of
   * @param attention what they were translated from, for each part of a line that was split; empty
   *     unless {@link dev.dragoman.pipeline.EngineOptions#attention} asks for it
   */
  public record Hypothesis(
      String text, double score, List<String> pieces, List<Attention> attention) {

    /** Makes one without attention. */
    public Hypothesis(String text, double score, List<String> pieces) {
      this(text, score, pieces, List.of());
    }
  }

  /**
   * What the pieces of a translation were translated from, as the encoder-decoder attention has it.
   *
   * @param source the pieces of the source
   * @param weights target pieces × source pieces; what a row lacks to 1 went to the source's end
   *     token and to what names its language
   */
  public record Attention(List<String> source, float[][] weights) {}

  /**
   * Returns the best hypothesis' text; it is empty for an empty line and for one that could not be
   * translated.
   */
  public String text() {
    return hypotheses.isEmpty() ? "" : hypotheses.get(0).text();
  }
}
