// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.pipeline;

import dev.dragoman.transformer.Session;

/** Knows which sentence is in which slot, as far as the host has seen. */
final class SlotTable {
  private final int beamSize;
  private final Sentence[] sentences;
  private final int[] steps;
  private final int[] starts;
  private final SourcePool sources;
  private final int[] rows;
  private int rowCount;
  private int taken;

  SlotTable(Session.Size size, int beamSize) {
    this.beamSize = beamSize;
    this.sentences = new Sentence[size.slots()];
    this.steps = new int[size.slots()];
    this.starts = new int[size.slots()];
    this.sources = new SourcePool(size.sourceTokens());
    this.rows = new int[size.slots() * beamSize];
  }

  int free() {
    return sentences.length - taken;
  }

  boolean isEmpty() {
    return taken == 0;
  }

  /** Puts a sentence into a free slot; null if its source finds no room. */
  Session.Placed place(Sentence sentence) {
    int start = sources.take(sentence.source().length);
    if (start == SourcePool.FULL) {
      return null;
    }
    int slot = 0;
    while (sentences[slot] != null) {
      slot++;
    }
    sentences[slot] = sentence;
    steps[slot] = 0;
    starts[slot] = start;
    taken++;
    return new Session.Placed(sentence.source(), sentence.shortlist(), slot, start);
  }

  /** Takes the sentence out of its slot. */
  Sentence release(int slot) {
    Sentence sentence = sentences[slot];
    sentences[slot] = null;
    sources.free(starts[slot]);
    taken--;
    return sentence;
  }

  /** Counts the slots, free ones among them. */
  int count() {
    return sentences.length;
  }

  boolean isOccupied(int slot) {
    return sentences[slot] != null;
  }

  /**
   * Tells whether the slot holds a sentence that was fed in the step before the last {@code ahead}.
   */
  boolean wasFed(int slot, int ahead) {
    return sentences[slot] != null && steps[slot] > ahead;
  }

  /**
   * Says whether the slot's sentence had made as many steps as it may by the step before the last
   * {@code ahead}.
   */
  boolean hasMadeMostSteps(int slot, int ahead) {
    return steps[slot] - ahead >= sentences[slot].mostSteps();
  }

  /**
   * Counts one step for each occupied slot and lists the rows that it feeds: all beams of a slot,
   * but only the first while they are still alike.
   */
  void nextStep(Tally tally) {
    rowCount = 0;
    long past = 0;
    long sourceTokens = 0;
    long shortlisted = 0;
    for (int slot = 0; slot < sentences.length; slot++) {
      if (sentences[slot] != null) {
        int beams = steps[slot]++ == 0 ? 1 : beamSize;
        for (int beam = 0; beam < beams; beam++) {
          rows[rowCount++] = slot * beamSize + beam;
        }
        past += (long) beams * steps[slot];
        sourceTokens += sentences[slot].source().length;
        shortlisted += (long) beams * sentences[slot].shortlist().length;
      }
    }
    tally.add(Tally.Sum.STEPS, 1);
    tally.add(Tally.Sum.SLOTS, taken);
    tally.add(Tally.Sum.ROWS, rowCount);
    tally.add(Tally.Sum.PAST, past);
    tally.add(Tally.Sum.SOURCES, sourceTokens);
    tally.add(Tally.Sum.SHORTLISTED, shortlisted);
  }

  /** Returns the rows of the step, {@link #rowCount} of them; the rest of the array is old. */
  int[] rows() {
    return rows;
  }

  int rowCount() {
    return rowCount;
  }
}
