// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.search;

import dev.dragoman.device.SearchRules;
import dev.dragoman.model.ModelConfig;
import java.util.Comparator;
import java.util.List;

/**
 * Beam search, of which greedy search is the beam of one. The steps run on the device by {@link
 * SearchRules}; here is what comes before and after: the rules from the options, and the order of
 * the hypotheses.
 *
 * @param rules when a hypothesis is registered and a sentence is finished
 * @param lengthPenalty α
 * @param nBest how many hypotheses are returned
 */
public record Search(SearchRules rules, double lengthPenalty, int nBest) {

  /**
   * Makes the search that these options ask for, within the model's limits.
   *
   * @throws IllegalArgumentException if more hypotheses are asked for than the beam can give
   */
  public static Search of(SearchOptions options, ModelConfig model) {
    int k = options.beamSize();
    if (options.nBest() > k) {
      throw new IllegalArgumentException(
          options.nBest() + " hypotheses are asked for, but the beam size is " + k);
    }
    // Scores only fall without a length penalty, so a sentence may end as soon as the best has.
    boolean scoresOnlyFall = options.lengthPenalty() == 0 && options.patience() == 1;
    SearchRules rules =
        new SearchRules(
            k,
            Math.max(1, (int) Math.round(k * options.patience())),
            scoresOnlyFall ? options.nBest() : 0,
            options.minLength(),
            Math.min(options.maxLength(), model.sizes().maxPositions()),
            model.tokens().end(),
            model.tokens().first().orElse(SearchRules.NONE));
    return new Search(rules, options.lengthPenalty(), options.nBest());
  }

  /** Returns the final score of {@code length} tokens: sum / lengthᵅ. */
  public double score(double sum, int length) {
    return length == 0 ? 0 : sum / Math.pow(length, lengthPenalty);
  }

  /** Returns the best n, best first; of equal scores the one registered first. */
  public List<Hypothesis> best(List<Hypothesis> registered) {
    return registered.stream()
        .sorted(Comparator.comparingDouble(Hypothesis::score).reversed())
        .limit(nBest)
        .toList();
  }
}
