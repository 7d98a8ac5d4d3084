// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import dev.dragoman.device.SearchRules;
import dev.dragoman.device.SlotState;
import dev.dragoman.device.TokenRows;
import java.util.Optional;

/** Finds the best words of rows whose logits have been written down. */
final class LogitsCandidates implements BeamStep.CandidateSource {
  private final VectorMath math;
  private final BeamStep step;
  private final SearchRules rules;
  private final Optional<ShortlistArrays> shortlists;
  private final RowCandidates best;
  private float[] scores = new float[0];
  private float[] biases = new float[0];
  private CpuTensor logits;
  private int[] rows;

  LogitsCandidates(VectorMath math, SlotState state) {
    this.math = math;
    this.step = new BeamStep(state);
    this.rules = state.rules();
    this.shortlists = state.shortlists().map(ShortlistArrays::new);
    this.best = new RowCandidates(2 * rules.beamSize());
  }

  /** Takes the slots of these rows one step on. */
  void advance(CpuTensor logits, CpuTensor bias, TokenRows.Decoding tokens) {
    int vocabulary = logits.shape().columns();
    if (scores.length < vocabulary) {
      scores = new float[vocabulary];
      biases = new float[vocabulary];
    }
    bias.readVector(biases);
    this.logits = logits;
    this.rows = CpuTensor.ints(tokens.rows());
    step.advance(tokens, this, vocabulary);
  }

  @Override
  public RowCandidates ofRow(int row) {
    int slot = rows[row] / rules.beamSize();
    int count;
    int end;
    if (shortlists.isPresent()) {
      ShortlistArrays words = shortlists.get();
      count = words.count(slot);
      end = words.indexOf(slot, rules.endToken());
      logits.gather(row, words, slot, scores);
      words.add(slot, biases, scores);
      best.begin(words.words(), words.first(slot));
    } else {
      count = logits.shape().columns();
      end = rules.endToken();
      logits.read(row, scores, 0);
      math.add(scores, 0, biases, count);
      best.begin();
    }
    if (end >= 0 && step.isTooEarlyToEnd(slot)) {
      scores[end] = Float.NEGATIVE_INFINITY;
    }
    best.offer(math, scores, count, 0);
    return best;
  }
}
