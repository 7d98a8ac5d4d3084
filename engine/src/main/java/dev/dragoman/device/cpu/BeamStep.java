// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import dev.dragoman.device.SearchRules;
import dev.dragoman.device.SlotState;
import dev.dragoman.device.TokenRows;

/**
 * One step of the search, slot after slot: the best 2k continuations of the slot's k beams; those
 * that have ended become hypotheses, the others the next beams.
 */
final class BeamStep {
  private final SearchRules rules;
  private final Slots slots;
  private final Best candidates;
  private final int[] chosen;

  BeamStep(SlotState state) {
    this.rules = state.rules();
    this.slots = new Slots(state);
    this.candidates = new Best(2 * rules.beamSize());
    this.chosen = new int[rules.beamSize()];
  }

  /** Gives the best words of each row, wherever its logits come from. */
  interface CandidateSource {

    /** Returns the best words of a row, valid until those of another row are asked for. */
    RowCandidates ofRow(int row);
  }

  /** Returns whether the rows of this slot are searched in this step. */
  boolean isSearched(int slot) {
    return slots.isRunning(slot) && !rules.isForced(slots.step(slot));
  }

  /** Returns whether the end token may not be chosen yet in the slot's step. */
  boolean isTooEarlyToEnd(int slot) {
    return slots.step(slot) < rules.minLength();
  }

  /** Takes each slot of these rows one step on. */
  void advance(TokenRows.Decoding tokens, CandidateSource source, int vocabulary) {
    int[] rows = CpuTensor.ints(tokens.rows());
    int first = 0;
    while (first < tokens.count()) {
      int slot = slots.ofRow(rows[first]);
      int end = first + 1;
      while (end < tokens.count() && slots.ofRow(rows[end]) == slot) {
        end++;
      }
      if (slots.isRunning(slot)) {
        if (findCandidates(slot, first, end, source, vocabulary)) {
          advance(slot, vocabulary);
        } else {
          slots.setStatus(slot, SlotState.FAILED);
        }
      }
      first = end;
    }
  }

  /**
   * Finds the best 2k of (beams × vocabulary), as index beam·vocabulary + token; returns false if
   * the logits are not finite.
   */
  private boolean findCandidates(
      int slot, int first, int end, CandidateSource source, int vocabulary) {
    candidates.clear();
    if (rules.isForced(slots.step(slot))) {
      candidates.offer(0, rules.firstToken());
      return true;
    }
    for (int row = first; row < end; row++) {
      int beam = row - first;
      RowCandidates best = source.ofRow(row);
      float logSum = best.logSum();
      if (!Float.isFinite(logSum)) {
        return false;
      }
      for (int rank = 0; rank < best.size(); rank++) {
        float score = slots.score(slot, beam) + (best.logit(rank) - logSum);
        candidates.offer(score, beam * vocabulary + best.word(rank));
      }
    }
    return true;
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
   * Makes the next row of a beam. Where a vocabulary has too few words for so many beams, a beam
   * without a candidate can never be chosen.
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
