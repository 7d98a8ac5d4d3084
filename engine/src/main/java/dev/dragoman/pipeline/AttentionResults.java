// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.pipeline;

import dev.dragoman.device.AttentionHistory;
import dev.dragoman.device.Device;
import dev.dragoman.device.SearchRules;
import dev.dragoman.device.SlotState;
import dev.dragoman.device.Tensor;
import dev.dragoman.search.Hypothesis;
import dev.dragoman.transformer.Session;

/** Reads what the hypotheses of a finished slot were translated from. */
final class AttentionResults {
  private final Device device;
  private final SlotState state;
  private final AttentionHistory history;
  private final int[] one = new int[1];
  private final int[] rows;

  /** Prepares to read from a session that keeps attention. */
  AttentionResults(Session session) {
    this.device = session.device();
    this.state = session.state();
    this.history = state.attention().orElseThrow();
    this.rows = new int[state.rules().maxLength()];
  }

  /**
   * Adds to a hypothesis its attention, which the rows that its tokens were chosen in lead to.
   *
   * @param place of the hypothesis among those of its slot
   */
  Hypothesis read(int slot, int place, Hypothesis hypothesis) {
    SearchRules rules = state.rules();
    int length = hypothesis.tokens().length;
    device.download(history.rows().rows(slot * rules.capacity() + place, 1), rows);
    int start = number(state.sources().starts(), slot);
    int source = number(state.sources().lengths(), slot);
    Tensor ofSlot = history.weights().columns(start, source);
    float[][] weights = new float[length][source];
    int step = 0;
    while (step < length) { // a row at a time would be a copy for each token
      int end = step + 1;
      while (end < length && rows[end] == rows[step]) {
        end++;
      }
      int beam = rows[step] % rules.beamSize();
      float[] together = new float[(end - step) * source];
      device.download(ofSlot.rows(beam * rules.maxLength() + step, end - step), together);
      for (int i = step; i < end; i++) {
        System.arraycopy(together, (i - step) * source, weights[i], 0, source);
      }
      step = end;
    }
    return hypothesis.withAttention(weights);
  }

  private int number(Tensor numbers, int slot) {
    device.download(numbers.rows(slot, 1), one);
    return one[0];
  }
}
