// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import dev.dragoman.device.AttentionHistory;
import dev.dragoman.device.AttentionInputs;
import dev.dragoman.device.Mask;
import dev.dragoman.device.SlotState;
import java.util.Arrays;

/**
 * Computes the weights of attention to the source once more for an {@link AttentionHistory}, so
 * that attention itself stays as it is where there is none.
 */
final class CpuAttentionHistory {
  private final QueryReader queries;
  private float[] average = new float[0];

  CpuAttentionHistory(VectorMath math) {
    this.queries = new QueryReader(math);
  }

  /** Writes the weights of every query to the step of its row. */
  void keep(AttentionInputs inputs, Mask.Source mask, AttentionHistory history) {
    SlotState state = mask.tokens().state();
    int beam = state.rules().beamSize();
    int[] rows = CpuTensor.ints(mask.tokens().rows());
    queries.begin(inputs);
    for (int row = 0; row < mask.tokens().count(); row++) {
      int slot = rows[row] / beam;
      int start = CpuTensor.ints(state.sources().starts())[slot];
      int length = CpuTensor.ints(state.sources().lengths())[slot];
      int step = CpuTensor.ints(state.progress().steps())[slot];
      QueryBlock block = queries.read(row, 1);
      CpuCache keys = CpuCache.of(inputs.keys());
      keys.attention().weigh(block, keys, start, length);
      average(block, history.heads(), length);
      CpuTensor.of(history.weights())
          .rows(rows[row] % beam * state.rules().maxLength() + step, 1)
          .columns(start, length)
          .write(0, average, 0);
    }
  }

  private void average(QueryBlock block, int heads, int length) {
    if (average.length < length) {
      average = new float[VectorMath.padded(length)];
    }
    Arrays.fill(average, 0);
    for (int head = 0; head < heads; head++) {
      for (int key = 0; key < length; key++) {
        average[key] += block.weights[block.weights(0, head) + block.first + key] / heads;
      }
    }
  }
}
