// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import dev.dragoman.device.SlotState;
import dev.dragoman.device.TokenRows;

/**
 * The logits of each slot's shortlist, slot after slot. A shortlist is short and a slot has no more
 * rows than its beam, so the weights are read where they lie: all shortlists together have many
 * times as many words, and to multiply every row by all of them costs more. A shortlist that
 * changes with every sentence needs no new packing.
 */
final class ShortlistProducts implements Runnable {
  private final VectorMath math;
  private final TokenRows.Decoding tokens;
  private final CpuTensor x;
  private final CpuTensor out;
  private final int[] rows;
  private final int[] status;
  private final int beam;
  private final ShortlistArrays shortlists;
  private final WordBlock block;

  ShortlistProducts(
      VectorMath math, CpuTensor x, WordRows weights, TokenRows.Decoding tokens, CpuTensor out) {
    SlotState state = tokens.state();
    this.math = math;
    this.tokens = tokens;
    this.x = x;
    this.out = out;
    this.rows = CpuTensor.ints(tokens.rows());
    this.status = CpuTensor.ints(state.progress().status());
    this.beam = state.rules().beamSize();
    this.shortlists = new ShortlistArrays(state.shortlists().orElseThrow());
    this.block = new WordBlock(weights, beam);
  }

  @Override
  public void run() {
    int first = 0;
    while (first < tokens.count()) {
      int slot = rows[first] / beam;
      int end = first + 1;
      while (end < tokens.count() && end < first + beam && rows[end] / beam == slot) {
        end++;
      }
      if (status[slot] == SlotState.RUNNING) {
        multiply(slot, first, end - first);
      }
      first = end;
    }
  }

  private void multiply(int slot, int first, int count) {
    for (int i = 0; i < count; i++) {
      x.read(first + i, block.x, i * block.weights.stride());
    }
    block.rows = count;
    block.words = shortlists.words();
    int end = shortlists.first(slot) + shortlists.count(slot);
    for (int from = shortlists.first(slot); from < end; from += WordBlock.MOST) {
      block.first = from;
      block.count = Math.min(WordBlock.MOST, end - from);
      math.multiply(block);
      for (int i = 0; i < count; i++) {
        out.scatter(first + i, block, i);
      }
    }
  }
}
