// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import dev.dragoman.device.Recording;
import dev.dragoman.device.SearchRules;
import dev.dragoman.device.SlotState;
import dev.dragoman.device.TokenRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Projection and search slice by slice of the vocabulary: the logits of a slice are looked at while
 * they lie in the cache, and never written down as a whole. That matters, as they are many times as
 * many as all other numbers of a step.
 */
final class SlicedSearch implements BeamStep.CandidateSource {
  private final VectorMath math;
  private final Products products;
  private final PackedLinear words;
  private final SearchRules rules;
  private final BeamStep step;
  private final RowCandidates[] best;
  private final List<float[]> biases = new ArrayList<>();
  private final float[] scores;

  /**
   * Searches for the slots of a state.
   *
   * @param rows of a step at most
   */
  SlicedSearch(VectorMath math, Products products, Words words, SlotState state, int rows) {
    this.math = math;
    this.products = products;
    this.words = words.weights;
    this.rules = state.rules();
    this.step = new BeamStep(state);
    this.best = new RowCandidates[rows];
    Arrays.setAll(best, row -> new RowCandidates(2 * rules.beamSize()));
    int widest = 0;
    for (PackedSlice slice : this.words.slices()) {
      int end = slice.first() + slice.outputs();
      biases.add(Arrays.copyOfRange(words.bias, slice.first(), end));
      widest = Math.max(widest, slice.outputs());
    }
    this.scores = new float[widest];
  }

  /** The projection to the words. */
  record Words(PackedLinear weights, float[] bias) {}

  /** Takes the slots of these rows one step on, to be run any number of times. */
  Runnable advance(CpuTensor x, TokenRows.Decoding tokens) {
    Recording all = new Recording();
    Products.forEachTile(x, tile -> all.add(search(tile, tokens)));
    all.add(() -> step.advance(tokens, this, words.outputs()));
    return all;
  }

  private Runnable search(Products.Rows tile, TokenRows.Decoding tokens) {
    Products.SlicedProduct product = products.sliced(tile, words);
    int[] rows = CpuTensor.ints(tokens.rows());
    int end = tile.first() + tile.count();
    return () -> {
      for (int row = tile.first(); row < end; row++) {
        best[row].begin();
      }
      product.begin().run();
      for (int slice = 0; slice < biases.size(); slice++) {
        product.slices().get(slice).run();
        for (int row = tile.first(); row < end; row++) {
          int slot = rows[row] / rules.beamSize();
          if (step.isSearched(slot)) {
            products.read(row - tile.first(), biases.get(slice), scores);
            offer(row, slot, words.slices().get(slice));
          }
        }
      }
    };
  }

  private void offer(int row, int slot, PackedSlice slice) {
    int endToken = rules.endToken() - slice.first();
    if (0 <= endToken && endToken < slice.outputs() && step.isTooEarlyToEnd(slot)) {
      scores[endToken] = Float.NEGATIVE_INFINITY;
    }
    best[row].offer(math, scores, slice.outputs(), slice.first());
  }

  @Override
  public RowCandidates ofRow(int row) {
    return best[row];
  }
}
