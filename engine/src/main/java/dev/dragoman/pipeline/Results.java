// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.pipeline;

import dev.dragoman.device.Device;
import dev.dragoman.device.SlotState;
import dev.dragoman.search.Hypothesis;
import dev.dragoman.search.Search;
import dev.dragoman.transformer.Session;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Reads what the search has left in the slots. */
final class Results {
  private final Device device;
  private final SlotState state;
  private final Search search;
  private final int[] count = new int[1];
  private final int[] lengths;
  private final int[] ended;
  private final float[] scores;
  private final int[] tokens;
  private final Optional<AttentionResults> attention;

  Results(Session session, Search search) {
    this.device = session.device();
    this.state = session.state();
    this.search = search;
    int capacity = search.rules().capacity();
    this.lengths = new int[capacity];
    this.ended = new int[capacity];
    this.scores = new float[capacity];
    this.tokens = new int[capacity * search.rules().maxLength()];
    this.attention = state.attention().map(history -> new AttentionResults(session));
  }

  /** Reads the hypotheses of a finished slot, best first. */
  List<Hypothesis> hypotheses(int slot) {
    SlotState.Hypotheses kept = state.hypotheses();
    int capacity = search.rules().capacity();
    int first = slot * capacity;
    device.peek(kept.counts().rows(slot, 1), count);
    device.peek(kept.lengths().rows(first, capacity), lengths);
    device.peek(kept.ended().rows(first, capacity), ended);
    device.peek(kept.scores().rows(first, capacity), scores);
    device.peek(kept.tokens().rows(first, capacity), tokens);
    List<Hypothesis> hypotheses = new ArrayList<>();
    for (int i = 0; i < Math.min(count[0], capacity); i++) {
      int at = i * search.rules().maxLength();
      int[] history = Arrays.copyOfRange(tokens, at, at + lengths[i]);
      int length = lengths[i] + ended[i];
      double score = search.score(scores[i], length);
      hypotheses.add(new Hypothesis(history, scores[i], length, score));
    }
    List<Hypothesis> best = search.best(hypotheses);
    if (attention.isEmpty()) {
      return best;
    }
    return best.stream()
        .map(one -> attention.get().read(slot, hypotheses.indexOf(one), one))
        .toList();
  }
}
