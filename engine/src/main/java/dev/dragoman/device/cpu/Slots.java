// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import dev.dragoman.device.Binding;
import dev.dragoman.device.SearchRules;
import dev.dragoman.device.SlotState;
import java.util.Optional;

/** The arrays of a {@link SlotState} under the names of what they mean, for the search. */
final class Slots {
  /** No token: the hypothesis ended with the end token. */
  static final int NONE = -1;

  private final SearchRules rules;
  private final int[] tokens;
  private final int[] ancestors;
  private final CpuTensor scores;
  private final int[] steps;
  private final int[] sourceStarts;
  private final int[] sourceLengths;
  private final int[] status;
  private final int[] bestEnded;
  private final SlotState.Hypotheses hypotheses;
  private final Optional<int[]> attendedRows;
  private final int[] previous;

  Slots(SlotState state) {
    this.rules = state.rules();
    this.tokens = CpuTensor.ints(state.beams().tokens());
    this.ancestors = CpuTensor.ints(state.beams().ancestors());
    this.scores = CpuTensor.of(state.beams().scores());
    this.steps = CpuTensor.ints(state.progress().steps());
    this.sourceStarts = CpuTensor.ints(state.sources().starts());
    this.sourceLengths = CpuTensor.ints(state.sources().lengths());
    this.status = CpuTensor.ints(state.progress().status());
    this.bestEnded = CpuTensor.ints(state.progress().bestEnded());
    this.hypotheses = state.hypotheses();
    this.attendedRows = state.attention().map(history -> CpuTensor.ints(history.rows()));
    this.previous = new int[rules.beamSize() * rules.maxLength()];
  }

  int ofRow(int row) {
    return row / rules.beamSize();
  }

  int step(int slot) {
    return steps[slot];
  }

  void nextStep(int slot) {
    steps[slot]++;
  }

  float score(int slot, int beam) {
    return scores.get(row(slot, beam));
  }

  void setScore(int slot, int beam, float score) {
    scores.set(row(slot, beam), score);
  }

  boolean isRunning(int slot) {
    return status[slot] == SlotState.RUNNING;
  }

  void setStatus(int slot, int value) {
    status[slot] = value;
  }

  boolean bestEnded(int slot) {
    return bestEnded[slot] == 1;
  }

  void setBestEnded(int slot) {
    bestEnded[slot] = 1;
  }

  int registered(int slot) {
    return CpuTensor.ints(hypotheses.counts())[slot];
  }

  /** Makes slots ready for new sentences. */
  void bind(Binding binding, int startToken) {
    int[] offsets = CpuTensor.ints(binding.tokens().offsets());
    int[] starts = CpuTensor.ints(binding.starts());
    int[] slots = CpuTensor.ints(binding.slots());
    for (int sentence = 0; sentence < binding.slots().shape().rows(); sentence++) {
      int slot = slots[sentence];
      sourceStarts[slot] = starts[sentence];
      sourceLengths[slot] = offsets[sentence + 1] - offsets[sentence];
      start(slot, startToken);
    }
  }

  private void start(int slot, int startToken) {
    steps[slot] = 0;
    status[slot] = SlotState.RUNNING;
    bestEnded[slot] = 0;
    CpuTensor.ints(hypotheses.counts())[slot] = 0;
    for (int beam = 0; beam < rules.beamSize(); beam++) {
      int row = row(slot, beam);
      scores.set(row, 0);
      tokens[row * rules.maxLength()] = startToken;
      ancestors[row * rules.maxLength()] = row;
    }
  }

  /** Keeps the slot's ancestors as they were before {@link #continueBeam} rewrites them. */
  void rememberAncestors(int slot) {
    for (int beam = 0; beam < rules.beamSize(); beam++) {
      int from = row(slot, beam) * rules.maxLength();
      System.arraycopy(ancestors, from, previous, beam * rules.maxLength(), steps[slot] + 1);
    }
  }

  /** Lets row {@code beam} go on from row {@code parent}, which is fed {@code token} next. */
  void continueBeam(int slot, int beam, int parent, int token) {
    int row = row(slot, beam);
    int at = row * rules.maxLength();
    int next = steps[slot] + 1;
    System.arraycopy(previous, parent * rules.maxLength(), ancestors, at, next);
    ancestors[at + next] = row;
    tokens[at + next] = token;
  }

  /**
   * Writes the history of a beam, and one more token unless it is {@link #NONE}, down as a
   * hypothesis.
   */
  void register(int slot, int beam, int token, float score) {
    int count = CpuTensor.ints(hypotheses.counts())[slot]++;
    int place = place(slot, count, score);
    if (place < 0) {
      return;
    }
    int[] to = CpuTensor.ints(hypotheses.tokens());
    int at = place * rules.maxLength();
    int length = steps[slot];
    int history = row(slot, beam) * rules.maxLength();
    for (int i = 0; i < length; i++) { // position 0 is the start token
      to[at + i] = tokens[ancestors[history + i + 1] * rules.maxLength() + i + 1];
    }
    if (attendedRows.isPresent()) {
      System.arraycopy(ancestors, history, attendedRows.get(), at, steps[slot] + 1);
    }
    if (token != NONE) {
      to[at + length++] = token;
    }
    CpuTensor.ints(hypotheses.lengths())[place] = length;
    CpuTensor.ints(hypotheses.ended())[place] = token == NONE ? 1 : 0;
    CpuTensor.of(hypotheses.scores()).set(place, score);
  }

  /**
   * Returns the next free place, the worst hypothesis' when all are taken, or -1 when all are
   * better.
   */
  private int place(int slot, int count, float score) {
    int first = slot * rules.capacity();
    if (count < rules.capacity()) {
      return first + count;
    }
    CpuTensor kept = CpuTensor.of(hypotheses.scores());
    int worst = first;
    for (int i = first + 1; i < first + rules.capacity(); i++) {
      if (kept.get(i) < kept.get(worst)) {
        worst = i;
      }
    }
    return score > kept.get(worst) ? worst : -1;
  }

  private int row(int slot, int beam) {
    return slot * rules.beamSize() + beam;
  }
}
