// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import dev.dragoman.device.Binding;
import dev.dragoman.device.KeyValueCache;
import dev.dragoman.device.SlotState;
import dev.dragoman.device.TokenRows;

/** Writes keys and values where attention finds them in later steps. */
final class Caches {
  private final CpuTensor keys;
  private final CpuTensor values;

  /**
   * Writes these rows.
   *
   * @param keys tokens × width
   * @param values as the keys
   */
  Caches(CpuTensor keys, CpuTensor values) {
    this.keys = keys;
    this.values = values;
  }

  /** Copies each row to its beam's place for the slot's step. */
  void append(TokenRows.Decoding tokens, KeyValueCache cache) {
    SlotState state = tokens.state();
    int beamSize = state.rules().beamSize();
    int positions = state.rules().maxLength();
    int[] rows = CpuTensor.ints(tokens.rows());
    int seen = -1;
    for (int i = 0; i < tokens.count(); i++) {
      int slot = rows[i] / beamSize;
      int step = CpuTensor.ints(state.progress().steps())[slot];
      if (step == 0 && slot != seen) { // what the slot's last sentence left
        int first = slot * beamSize * positions;
        CpuCache.of(cache.keys()).release(first, first + beamSize * positions);
      }
      seen = slot;
      write(i, cache, rows[i] * positions + step);
    }
  }

  /** Copies each sentence to its region of the source cache. */
  void bind(Binding binding, KeyValueCache cache) {
    int[] offsets = CpuTensor.ints(binding.tokens().offsets());
    int[] starts = CpuTensor.ints(binding.starts());
    for (int sentence = 0; sentence < binding.slots().shape().rows(); sentence++) {
      int first = offsets[sentence];
      int count = offsets[sentence + 1] - first;
      CpuCache.of(cache.keys()).write(starts[sentence], keys, first, count);
      CpuCache.of(cache.values()).write(starts[sentence], values, first, count);
    }
  }

  private void write(int row, KeyValueCache cache, int position) {
    CpuCache.of(cache.keys()).write(position, keys, row);
    CpuCache.of(cache.values()).write(position, values, row);
  }
}
