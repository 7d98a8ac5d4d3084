package dev.dragoman.device.cpu;

import dev.dragoman.device.SearchRules;
import dev.dragoman.device.SlotState;
import dev.dragoman.device.TokenRows;
import java.util.Optional;

/**
 * One step of the search, slot after slot: the best 2k continuations of the slot's k beams; those
 * that have ended become hypotheses, the others the next beams.
 */
final class BeamStep {
  private final VectorMath math;
  private final SearchRules rules;
  private final Slots slots;
  private final Best ofRow;
  private final Best candidates;
  private final int[] chosen;
  private final Optional<Candidates> listed;
  private float[] scores = new float[0];
  private float[] biases = new float[0];

  BeamStep(VectorMath math, SlotState state) {
    this.math = math;
    this.rules = state.rules();
    this.slots = new Slots(state);
    this.ofRow = new Best(2 * rules.beamSize());
    this.candidates = new Best(2 * rules.beamSize());
    this.chosen = new int[rules.beamSize()];
    this.listed = state.candidates().map(Candidates::new);
  }

  void advance(CpuTensor logits, CpuTensor bias, TokenRows.Decoding tokens) {
    if (scores.length < logits.shape().columns()) {
      scores = new float[logits.shape().columns()];
      biases = new float[logits.shape().columns()];
    }
    bias.readVector(biases);
    int[] rows = CpuTensor.ints(tokens.rows());
    int first = 0;
    while (first < tokens.count()) {
      int slot = slots.ofRow(rows[first]);
      int end = first + 1;
      while (end < tokens.count() && slots.ofRow(rows[end]) == slot) {
        end++;
      }
      if (!slots.isRunning(slot)) {
        first = end;
        continue;
      }
      if (findCandidates(logits, first, end, slot)) {
        advance(slot, logits.shape().columns());
      } else {
        slots.setStatus(slot, SlotState.FAILED);
      }
      first = end;
    }
  }

  /**
   * The best 2k of (beams × vocabulary), as index beam·vocabulary + token; false if the logits are
   * not finite.
   */
  private boolean findCandidates(CpuTensor logits, int first, int end, int slot) {
    int vocabulary = logits.shape().columns();
    candidates.clear();
    if (rules.isForced(slots.step(slot))) {
      candidates.offer(0, rules.firstToken());
      return true;
    }
    for (int row = first; row < end; row++) {
      int beam = row - first;
      int count = readScores(logits, row, slot);
      ofRow.clear();
      math.best(scores, count, ofRow);
      if (ofRow.size() == 0) {
        return false;
      }
      float logSum = math.logSumExp(scores, count, ofRow.value(0));
      if (!Float.isFinite(logSum)) {
        return false;
      }
      for (int rank = 0; rank < ofRow.size(); rank++) {
        float score = slots.score(slot, beam) + (ofRow.value(rank) - logSum);
        candidates.offer(score, beam * vocabulary + word(slot, ofRow.index(rank)));
      }
    }
    return true;
  }

  /** The logits of the words that the slot may choose; how many they are. */
  private int readScores(CpuTensor logits, int row, int slot) {
    int count;
    int end;
    if (listed.isPresent()) {
      count = listed.get().count(slot);
      end = listed.get().indexOf(slot, rules.endToken());
      logits.gather(row, listed.get(), slot, scores);
      listed.get().add(slot, biases, scores);
    } else {
      count = logits.shape().columns();
      end = rules.endToken();
      logits.read(row, scores, 0);
      math.add(scores, biases, count);
    }
    if (slots.step(slot) < rules.minLength() && end >= 0) {
      scores[end] = Float.NEGATIVE_INFINITY;
    }
    return count;
  }

  /** The word at a place of the scores. */
  private int word(int slot, int index) {
    return listed.isPresent() ? listed.get().words()[listed.get().first(slot) + index] : index;
  }

  private void advance(int slot, int vocabulary) {
    boolean last = slots.step(slot) + 1 == rules.maxLength();
    int spare = rules.beamSize();
    for (int rank = 0; rank < rules.beamSize(); rank++) {
      chosen[rank] = rank;
      boolean there = rank < candidates.size();
      boolean ended = there && isEnd(rank, vocabulary);
      if (!ended && !(there && last)) {
        continue;
      }
      if (rank == 0) {
        slots.setBestEnded(slot);
      }
      int beam = candidates.index(rank) / vocabulary;
      int token = ended ? Slots.NONE : candidates.index(rank) % vocabulary;
      slots.register(slot, beam, token, candidates.value(rank));
      while (spare < candidates.size() && isEnd(spare, vocabulary)) {
        spare++;
      }
      chosen[rank] = spare++;
    }
    if (last || rules.isFinished(slots.registered(slot), slots.bestEnded(slot))) {
      slots.setStatus(slot, SlotState.FINISHED);
    } else {
      slots.rememberAncestors(slot);
      for (int beam = 0; beam < rules.beamSize(); beam++) {
        continueBeam(slot, beam, vocabulary);
      }
      slots.nextStep(slot);
    }
  }

  private boolean isEnd(int rank, int vocabulary) {
    return candidates.index(rank) % vocabulary == rules.endToken();
  }

  /**
   * Where a vocabulary has too few words for so many beams, the beams without a candidate can never
   * be chosen.
   */
  private void continueBeam(int slot, int beam, int vocabulary) {
    int rank = chosen[beam];
    if (rank < candidates.size()) {
      int index = candidates.index(rank);
      slots.continueBeam(slot, beam, index / vocabulary, index % vocabulary);
      slots.setScore(slot, beam, candidates.value(rank));
    } else {
      slots.continueBeam(slot, beam, 0, rules.endToken());
      slots.setScore(slot, beam, Float.NEGATIVE_INFINITY);
    }
  }
}
