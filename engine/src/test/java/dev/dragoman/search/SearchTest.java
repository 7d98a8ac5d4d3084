// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.TestModels;
import dev.dragoman.device.SearchRules;
import dev.dragoman.model.ModelConfig;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SearchTest {
  private static final ModelConfig MODEL = TestModels.letters().config();
  private static final SearchOptions DEFAULTS = SearchOptions.defaults();

  /** The powers are computed by hand: 4^0.6 = 2.29740, 10^0.6 = 3.98107. */
  @ParameterizedTest
  @CsvSource({
    "0, -3.2, 4, -3.2",
    "0.6, -3.2, 4, -1.39288",
    "1, -3.2, 4, -0.8",
    "0.6, -5, 10, -1.25594",
    "1, -5, 10, -0.5",
    "1, -0.7, 1, -0.7",
    "1, 0, 0, 0",
  })
  void aScoreIsTheSumOverAPowerOfTheLength(
      double penalty, double sum, int length, double expected) {
    assertEquals(expected, search(penalty, 1).score(sum, length), 1e-5);
  }

  /**
   * Three hypotheses whose order is another for each penalty: sums -2, -2.5, -4.4 over 2, 4 and 10
   * tokens give, with 0.6, -1.3195, -1.0882 and -1.1052, and with 1, -1, -0.625 and -0.44.
   */
  @ParameterizedTest
  @CsvSource({"0, 2 4 10", "0.6, 4 10 2", "1, 10 4 2"})
  void theLengthPenaltyDecidesTheOrder(double penalty, String order) {
    Search search = search(penalty, 3);
    List<Hypothesis> best =
        search.best(
            List.of(
                hypothesis(search, -4.4, 10),
                hypothesis(search, -2, 2),
                hypothesis(search, -2.5, 4)));
    List<Integer> lengths = best.stream().map(Hypothesis::length).toList();
    assertEquals(List.of(order.split(" ")), lengths.stream().map(String::valueOf).toList());
  }

  @Test
  void ofEqualScoresTheFirstOneIsBetter() {
    Search search = search(1, 2);
    Hypothesis first = hypothesis(search, -2, 4);
    Hypothesis second = hypothesis(search, -1, 2);
    Hypothesis worse = hypothesis(search, -9, 2);
    assertEquals(List.of(first, second), search.best(List.of(worse, first, second)));
    assertEquals(List.of(second, first), search.best(List.of(second, worse, first)));
  }

  @Test
  void aHypothesisThatEndedIsNotCut() {
    assertFalse(new Hypothesis(new int[] {7, 8}, -1, 3, -1).isCut());
    assertTrue(new Hypothesis(new int[] {7, 8}, -1, 2, -1).isCut());
  }

  @ParameterizedTest
  @CsvSource({"4,1,4", "4,0.6,2", "5,0.5,3", "5,2,10", "1,1,1", "3,0.1,1"})
  void patienceIsRoundedHalfUp(int beamSize, double patience, int hypotheses) {
    SearchRules rules = rules(DEFAULTS.withBeamSize(beamSize).withPatience(patience));
    assertEquals(hypotheses, rules.hypotheses());
    assertFalse(rules.isFinished(hypotheses - 1, true));
    assertTrue(rules.isFinished(hypotheses, false));
    assertEquals(hypotheses - 1 + beamSize, rules.capacity());
  }

  @Test
  void withoutALengthPenaltyTheBestMustHaveEnded() {
    SearchRules rules = rules(DEFAULTS.withLengthPenalty(0).withNBest(2));
    assertFalse(rules.isFinished(9, false));
    assertFalse(rules.isFinished(1, true));
    assertTrue(rules.isFinished(2, true));
    assertEquals(0, rules(DEFAULTS.withLengthPenalty(0).withPatience(2)).earlyExit());
    assertEquals(0, rules(DEFAULTS.withLengthPenalty(0.6)).earlyExit());
  }

  @Test
  void targetsNeverPassTheModelsPositions() {
    assertEquals(TestModels.POSITIONS, rules(DEFAULTS).maxLength());
    assertEquals(5, rules(DEFAULTS.withMaxLength(5)).maxLength());
    assertEquals(MODEL.tokens().end(), rules(DEFAULTS).endToken());
  }

  private static SearchRules rules(SearchOptions options) {
    return Search.of(options, MODEL).rules();
  }

  private static Search search(double penalty, int nBest) {
    return Search.of(DEFAULTS.withLengthPenalty(penalty).withNBest(nBest), MODEL);
  }

  private static Hypothesis hypothesis(Search search, double sum, int length) {
    return new Hypothesis(new int[length - 1], sum, length, search.score(sum, length));
  }
}
