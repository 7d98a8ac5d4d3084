package dev.dragoman.doctor;

import dev.dragoman.device.Binding;
import dev.dragoman.device.SearchRules;
import dev.dragoman.device.SlotState;
import dev.dragoman.device.TokenRows;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Searches to the end on a device, with logits that depend on the whole history. */
final class WholeSearch {
  /** Sums of a few log-probabilities in float32. */
  private static final double SCORE_TOLERANCE = 1e-3;

  private final Workbench bench;
  private final SlotState state;
  private final SearchRules rules;
  private final int vocabulary;
  private final Optional<CandidateLists> lists;

  /** Over all words, or over lists where the state has them. */
  WholeSearch(Workbench bench, SlotState state, int vocabulary) {
    this.bench = bench;
    this.state = state;
    this.rules = state.rules();
    this.vocabulary = vocabulary;
    this.lists =
        state
            .shortlists()
            .map(words -> CandidateLists.draw(state.slots(), vocabulary, rules.endToken()));
  }

  /** How far the hypotheses are from those of the float64 reference: other tokens are wrong. */
  Deviation deviation(Binding binding, int startToken) {
    bench.device().bind(binding, startToken);
    lists.ifPresent(words -> words.upload(bench, state));
    for (int step = 0; step < rules.maxLength(); step++) {
      int[] rows = runningRows(step);
      if (rows.length > 0) {
        advance(rows, step);
      }
    }
    Deviation worst = Deviation.NONE;
    for (int slot = 0; slot < state.slots(); slot++) {
      int source = slot;
      List<ReferenceSearch.Beam> expected =
          new ReferenceSearch(rules).search(tokens -> listed(source, logits(source, tokens)));
      worst = worst.or(compare("slot " + slot, best(expected), best(hypotheses(slot))));
    }
    return worst;
  }

  private void advance(int[] rows, int step) {
    int[] tokens = bench.downloadIntegers(state.tokens());
    int[] ancestors = bench.downloadIntegers(state.ancestors());
    float[] logits = new float[rows.length * vocabulary];
    for (int i = 0; i < rows.length; i++) {
      List<Integer> history = new ArrayList<>();
      for (int position = 1; position <= step; position++) {
        int row = ancestors[rows[i] * rules.maxLength() + position];
        history.add(tokens[row * rules.maxLength() + position]);
      }
      double[] of = logits(rows[i] / rules.beamSize(), history);
      for (int token = 0; token < vocabulary; token++) {
        logits[i * vocabulary + token] = (float) of[token];
      }
    }
    bench
        .device()
        .advance(
            bench.uploadFloats(logits, rows.length, vocabulary),
            bench.uploadFloats(new float[vocabulary], vocabulary, 1),
            new TokenRows.Decoding(bench.upload(rows), state));
  }

  private int[] runningRows(int step) {
    int[] status = bench.downloadIntegers(state.status());
    List<Integer> rows = new ArrayList<>();
    for (int slot = 0; slot < state.slots(); slot++) {
      for (int i = 0; i < (step == 0 ? 1 : rules.beamSize()); i++) {
        if (status[slot] == SlotState.RUNNING) {
          rows.add(slot * rules.beamSize() + i);
        }
      }
    }
    return rows.stream().mapToInt(Integer::intValue).toArray();
  }

  private double[] logits(int source, List<Integer> history) {
    Random random = new Random(31L * history.hashCode() + source);
    double[] logits = new double[vocabulary];
    for (int token = 0; token < vocabulary; token++) {
      logits[token] = (float) (3 * random.nextGaussian());
    }
    logits[rules.endToken()] += history.size() - 2; // the end becomes likely
    logits[0] = Double.NEGATIVE_INFINITY; // a token that is never chosen
    return logits;
  }

  private double[] listed(int slot, double[] logits) {
    for (int word = 0; lists.isPresent() && word < vocabulary; word++) {
      if (!lists.get().has(slot, word)) {
        logits[word] = Double.NEGATIVE_INFINITY;
      }
    }
    return logits;
  }

  private List<ReferenceSearch.Beam> hypotheses(int slot) {
    int count = bench.downloadIntegers(state.hypotheses().counts())[slot];
    int[] tokens = bench.downloadIntegers(state.hypotheses().tokens());
    int[] lengths = bench.downloadIntegers(state.hypotheses().lengths());
    float[] scores = bench.download(state.hypotheses().scores());
    List<ReferenceSearch.Beam> found = new ArrayList<>();
    for (int i = 0; i < Math.min(count, rules.capacity()); i++) {
      int place = slot * rules.capacity() + i;
      List<Integer> list = new ArrayList<>();
      for (int j = 0; j < lengths[place]; j++) {
        list.add(tokens[place * rules.maxLength() + j]);
      }
      found.add(new ReferenceSearch.Beam(list, scores[place]));
    }
    return found;
  }

  /** A slot keeps no more than its capacity. */
  private List<ReferenceSearch.Beam> best(List<ReferenceSearch.Beam> beams) {
    return beams.stream()
        .sorted((a, b) -> Double.compare(b.score(), a.score()))
        .limit(rules.capacity())
        .toList();
  }

  private static Deviation compare(
      String where, List<ReferenceSearch.Beam> expected, List<ReferenceSearch.Beam> actual) {
    if (!expected.stream()
        .map(ReferenceSearch.Beam::tokens)
        .toList()
        .equals(actual.stream().map(ReferenceSearch.Beam::tokens).toList())) {
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
}
