// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.operations;

import dev.dragoman.device.AttentionHistory;
import dev.dragoman.device.SearchRules;
import dev.dragoman.device.SlotState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The hypotheses that a device has registered, beside those of the reference. */
final class RegisteredHypotheses {
  /** The tolerance of sums of a few log-probabilities in float32. */
  private static final double SCORE_TOLERANCE = 1e-3;

  private static final Comparator<ReferenceSearch.Beam> BEST_FIRST =
      Comparator.comparingDouble(ReferenceSearch.Beam::score).reversed();

  private final Workbench bench;
  private final SlotState state;
  private final SearchRules rules;

  /** Reads them from a state. */
  RegisteredHypotheses(Workbench bench, SlotState state) {
    this.bench = bench;
    this.state = state;
    this.rules = state.rules();
  }

  /**
   * Returns how far those of a slot are from the reference; other tokens are wrong.
   *
   * @param expected in the order of registration
   */
  Deviation deviation(int slot, List<ReferenceSearch.Beam> expected) {
    String where = "slot " + slot;
    int count = bench.downloadIntegers(state.hypotheses().counts())[slot];
    Deviation registered =
        Deviation.ofIntegers(
            where + ": registered", new int[] {expected.size()}, new int[] {count});
    if (!registered.agrees()) {
      return registered;
    }
    List<ReferenceSearch.Beam> actual = read(slot, Math.min(count, rules.capacity()));
    Deviation whole =
        ended(where, slot, actual)
            .or(
                state
                    .attention()
                    .map(history -> rows(where, slot, actual, history))
                    .orElse(Deviation.NONE));
    return count <= rules.capacity()
        ? whole.or(compare(where, expected, actual))
        : whole.or(compare(where, best(expected), best(actual)));
  }

  private List<ReferenceSearch.Beam> read(int slot, int count) {
    int[] tokens = bench.downloadIntegers(state.hypotheses().tokens());
    int[] lengths = bench.downloadIntegers(state.hypotheses().lengths());
    float[] scores = bench.download(state.hypotheses().scores());
    List<ReferenceSearch.Beam> found = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int place = slot * rules.capacity() + i;
      List<Integer> of = new ArrayList<>();
      for (int j = 0; j < lengths[place]; j++) {
        of.add(tokens[place * rules.maxLength() + j]);
      }
      found.add(new ReferenceSearch.Beam(of, scores[place]));
    }
    return found;
  }

  /** Compares whether they ended with the end token: those that are shorter than the longest. */
  private Deviation ended(String where, int slot, List<ReferenceSearch.Beam> actual) {
    int[] ended = bench.downloadIntegers(state.hypotheses().ended());
    Deviation worst = Deviation.NONE;
    for (int i = 0; i < actual.size(); i++) {
      int expected = actual.get(i).tokens().size() < rules.maxLength() ? 1 : 0;
      if (ended[slot * rules.capacity() + i] != expected) {
        worst = Deviation.wrong(where + ": hypothesis " + i + " ended, or did not");
      }
    }
    return worst;
  }

  /** Compares the tokens fed to the rows that each hypothesis went through with its own. */
  private Deviation rows(
      String where, int slot, List<ReferenceSearch.Beam> actual, AttentionHistory history) {
    int[] fed = bench.downloadIntegers(state.beams().tokens());
    int[] rows = bench.downloadIntegers(history.rows());
    Deviation worst = Deviation.NONE;
    for (int i = 0; i < actual.size(); i++) {
      List<Integer> tokens = actual.get(i).tokens();
      int at = (slot * rules.capacity() + i) * rules.maxLength();
      int steps = Math.min(tokens.size() + 1, rules.maxLength());
      for (int step = 0; step < steps; step++) {
        int row = rows[at + step];
        int expected = step == 0 ? AdvanceCase.START : tokens.get(step - 1);
        if (row / rules.beamSize() != slot || fed[row * rules.maxLength() + step] != expected) {
          worst = Deviation.wrong(where + ": row " + row + " is not one of hypothesis " + i);
        }
      }
    }
    return worst;
  }

  /** Returns those that a slot keeps. */
  private List<ReferenceSearch.Beam> best(List<ReferenceSearch.Beam> beams) {
    return beams.stream().sorted(BEST_FIRST).limit(rules.capacity()).toList();
  }

  private static Deviation compare(
      String where, List<ReferenceSearch.Beam> expected, List<ReferenceSearch.Beam> actual) {
    if (!tokens(expected).equals(tokens(actual))) {
      return Deviation.wrong(where + ": hypotheses " + actual + ", not " + expected);
    }
    Deviation worst = Deviation.NONE;
    for (int i = 0; i < expected.size(); i++) {
      double error = Math.abs(expected.get(i).score() - actual.get(i).score());
      String what = where + ": score " + actual.get(i) + ", not " + expected.get(i);
      worst = worst.or(new Deviation(error / SCORE_TOLERANCE, what));
    }
    return worst;
  }

  private static List<List<Integer>> tokens(List<ReferenceSearch.Beam> beams) {
    return beams.stream().map(ReferenceSearch.Beam::tokens).toList();
  }
}
