// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.operations;

import dev.dragoman.device.Binding;
import dev.dragoman.device.SearchRules;
import dev.dragoman.device.SlotState;
import dev.dragoman.device.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Searches to the end on a device, with logits that depend on the whole history. */
final class WholeSearch {
  private final Workbench bench;
  private final SlotState state;
  private final SearchRules rules;
  private final int vocabulary;
  private final Optional<DrawnShortlists> shortlists;

  /** Searches among the words of shortlists that the device has, or among all. */
  WholeSearch(
      Workbench bench, SlotState state, int vocabulary, Optional<DrawnShortlists> shortlists) {
    this.bench = bench;
    this.state = state;
    this.rules = state.rules();
    this.vocabulary = vocabulary;
    this.shortlists = shortlists;
  }

  /** Returns how far the hypotheses are from those of the float64 reference. */
  Deviation deviation(Binding binding) {
    bench.device().bind(binding, AdvanceCase.START);
    float[] bias = bench.numbers(vocabulary);
    bias[0] = Float.NEGATIVE_INFINITY; // a token that is never chosen
    Tensor biases = bench.uploadFloats(bias, vocabulary, 1);
    for (int step = 0; step < rules.maxLength(); step++) {
      int[] rows = runningRows(step);
      if (rows.length > 0) {
        Tensor logits = bench.uploadFloats(logits(rows, step, bias), rows.length, vocabulary);
        bench.device().advance(logits, biases, bench.decoding(state, rows));
      }
    }
    int[] finished = new int[state.slots()];
    Arrays.fill(finished, SlotState.FINISHED);
    Deviation worst =
        Deviation.ofIntegers("status", finished, bench.downloadIntegers(state.progress().status()));
    RegisteredHypotheses registered = new RegisteredHypotheses(bench, state);
    for (int slot = 0; slot < state.slots(); slot++) {
      int source = slot;
      List<ReferenceSearch.Beam> expected =
          new ReferenceSearch(rules)
              .search(tokens -> amongShortlist(source, logits(source, tokens)));
      worst = worst.or(registered.deviation(slot, expected));
    }
    return worst;
  }

  /** Returns the logits of these rows without their bias; no device may read those of NaN. */
  private float[] logits(int[] rows, int step, float[] bias) {
    int[] tokens = bench.downloadIntegers(state.beams().tokens());
    int[] ancestors = bench.downloadIntegers(state.beams().ancestors());
    float[] logits = new float[rows.length * vocabulary];
    for (int i = 0; i < rows.length; i++) {
      int slot = rows[i] / rules.beamSize();
      double[] row = logits(slot, history(tokens, ancestors, rows[i], step));
      for (int token = 0; token < vocabulary; token++) {
        float logit = token == 0 ? 1e3f : (float) row[token] - bias[token];
        logits[i * vocabulary + token] = isRead(slot, token) ? logit : Float.NaN;
      }
    }
    return logits;
  }

  /** Returns the tokens generated so far in a row, read through the table of ancestors. */
  private List<Integer> history(int[] tokens, int[] ancestors, int row, int step) {
    List<Integer> history = new ArrayList<>();
    for (int position = 0; position <= step; position++) {
      int ancestor = ancestors[row * rules.maxLength() + position];
      history.add(tokens[ancestor * rules.maxLength() + position]);
    }
    if (history.get(0) != AdvanceCase.START) {
      throw new DisagreementException("row " + row + " began with token " + history.get(0));
    }
    return history.subList(1, history.size());
  }

  private int[] runningRows(int step) {
    int[] status = bench.downloadIntegers(state.progress().status());
    int fed = step == 0 ? 1 : rules.beamSize();
    return IntStream.range(0, state.slots())
        .filter(slot -> status[slot] == SlotState.RUNNING)
        .flatMap(slot -> IntStream.range(slot * rules.beamSize(), slot * rules.beamSize() + fed))
        .toArray();
  }

  /** Returns logits that depend on the whole history and on nothing else. */
  private double[] logits(int source, List<Integer> history) {
    SplittableRandom random = new SplittableRandom(31L * history.hashCode() + source);
    double[] logits = new double[vocabulary];
    for (int token = 0; token < vocabulary; token++) {
      logits[token] = (float) (3 * random.nextGaussian());
    }
    logits[rules.endToken()] += history.size() - 2; // the end becomes likely
    logits[0] = Double.NEGATIVE_INFINITY; // a token that is never chosen
    return logits;
  }

  private double[] amongShortlist(int slot, double[] logits) {
    for (int token = 0; token < vocabulary; token++) {
      if (!isRead(slot, token)) {
        logits[token] = Double.NEGATIVE_INFINITY;
      }
    }
    return logits;
  }

  private boolean isRead(int slot, int token) {
    return shortlists.map(words -> words.has(slot, token)).orElse(true);
  }
}
