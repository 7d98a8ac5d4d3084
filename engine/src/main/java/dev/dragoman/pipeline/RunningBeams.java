package dev.dragoman.pipeline;

import dev.dragoman.device.Device;
import dev.dragoman.device.SearchRules;
import dev.dragoman.device.SlotState;
import dev.dragoman.search.Hypothesis;
import dev.dragoman.search.Search;
import dev.dragoman.transformer.Session;
import java.util.ArrayList;
import java.util.List;

/** Reads the beams of a slot whose search has not ended. */
final class RunningBeams {
  private final Device device;
  private final SlotState state;
  private final int[] tokens;
  private final int[] ancestors;
  private final float[] scores;

  RunningBeams(Session session) {
    this.device = session.device();
    this.state = session.state();
    SearchRules rules = state.rules();
    this.tokens = new int[rules.beamSize() * rules.maxLength()];
    this.ancestors = new int[tokens.length];
    this.scores = new float[rules.beamSize()];
  }

  /**
   * What the beams hold so far, best first; those that no candidate was left for are not there.
   *
   * @param length tokens of each
   */
  List<Hypothesis> read(int slot, int length, Search search) {
    int beamSize = state.rules().beamSize();
    int positions = state.rules().maxLength();
    int first = slot * beamSize;
    device.download(state.tokens().rows(first, beamSize), tokens);
    device.download(state.ancestors().rows(first, beamSize), ancestors);
    device.download(state.scores().rows(first, beamSize), scores);
    List<Hypothesis> beams = new ArrayList<>(beamSize);
    for (int beam = 0; beam < beamSize; beam++) {
      if (scores[beam] == Float.NEGATIVE_INFINITY) {
        continue;
      }
      int[] history = new int[length];
      for (int i = 0; i < length; i++) { // position 0 is the start token
        int row = ancestors[beam * positions + i + 1] - first;
        history[i] = tokens[row * positions + i + 1];
      }
      double score = search.score(scores[beam], length);
      beams.add(new Hypothesis(history, scores[beam], length, score));
    }
    return beams;
  }
}
