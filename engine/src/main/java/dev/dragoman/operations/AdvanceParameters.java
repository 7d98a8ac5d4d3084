// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.operations;

import dev.dragoman.device.SearchRules;
import dev.dragoman.operations.AdvanceCase.Kept;
import java.util.List;
import java.util.stream.Stream;

/** The rules that searches of three sentences are compared with. */
final class AdvanceParameters {
  private static final int NONE = SearchRules.NONE;
  private static final int SLOTS = 3;

  private AdvanceParameters() {}

  /** Returns searches among all words, plain ones and such as keep attention. */
  static List<AdvanceCase> ofAllWords() {
    Stream<AdvanceCase> plain =
        Stream.of(
            of(rules(1, 1, 0, 1, 9, NONE), 5),
            of(rules(4, 4, 0, 1, 12, NONE), 50),
            of(rules(4, 4, 0, 3, 12, NONE), 207),
            of(rules(5, 8, 0, 1, 6, NONE), 1025),
            of(rules(4, 4, 1, 1, 10, NONE), 50),
            of(rules(4, 4, 2, 2, 10, NONE), 33),
            of(rules(3, 2, 0, 1, 1, NONE), 20),
            of(rules(2, 2, 0, 1, 30, NONE), 5),
            of(rules(8, 8, 0, 1, 7, NONE), 5),
            of(rules(4, 4, 0, 1, 12, 7), 50),
            of(rules(1, 1, 0, 1, 5, 3), 20));
    Stream<AdvanceCase> keeping =
        Stream.of(
            keeping(rules(1, 1, 0, 1, 9, NONE), 5),
            keeping(rules(4, 4, 0, 1, 12, NONE), 50),
            keeping(rules(5, 8, 0, 1, 6, NONE), 1025),
            keeping(rules(3, 2, 0, 1, 1, NONE), 20),
            keeping(rules(8, 8, 0, 1, 7, NONE), 5));
    Stream<AdvanceCase> forced =
        Stream.of(
            of(rules(1, 1, 0, 1, 9, 3), 5),
            of(rules(4, 4, 0, 1, 12, 3), 50),
            of(rules(4, 4, 0, 1, 1, 3), 50),
            of(rules(8, 8, 0, 1, 7, 3), 5),
            of(rules(5, 8, 0, 1, 6, 3), 1025));
    return Stream.of(plain, keeping, forced).flatMap(cases -> cases).toList();
  }

  /** Returns searches in which each sentence has a shortlist. */
  static List<AdvanceCase> ofShortlists() {
    return List.of(
        of(rules(1, 1, 0, 1, 9, NONE), 5, 3),
        of(rules(4, 4, 0, 1, 12, NONE), 50, 20),
        of(rules(4, 4, 0, 3, 12, NONE), 1207, 300),
        of(rules(5, 8, 0, 1, 6, NONE), 8025, 2000),
        of(rules(8, 8, 0, 1, 7, NONE), 50, 5),
        of(rules(4, 4, 0, 1, 12, 7), 50, 9),
        of(rules(2, 2, 0, 1, 30, NONE), 9, 1));
  }

  private static SearchRules rules(
      int beam, int hypotheses, int earlyExit, int minLength, int maxLength, int firstToken) {
    return new SearchRules(
        beam, hypotheses, earlyExit, minLength, maxLength, AdvanceCase.END, firstToken);
  }

  private static AdvanceCase of(SearchRules rules, int words) {
    return of(rules, words, 0);
  }

  private static AdvanceCase of(SearchRules rules, int words, int shortlist) {
    return new AdvanceCase(rules, SLOTS, words, shortlist, Kept.NOTHING);
  }

  private static AdvanceCase keeping(SearchRules rules, int words) {
    return new AdvanceCase(rules, SLOTS, words, 0, Kept.ATTENTION);
  }
}
