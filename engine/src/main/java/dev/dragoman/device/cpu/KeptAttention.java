package dev.dragoman.device.cpu;

import dev.dragoman.device.AttentionHistory;
import dev.dragoman.device.AttentionInputs;
import dev.dragoman.device.Mask;
import dev.dragoman.device.SlotState;
import java.util.Arrays;

/**
 * The weights of attention to the source, computed once more for the few heads that are asked for:
 * so attention itself stays as it is for everyone who does not ask.
 */
final class KeptAttention {
  private final VectorMath math;
  private KeyRows source = new KeyRows(VectorMath.PADDING);
  private float[] weights = new float[VectorMath.PADDING];
  private float[] average = new float[VectorMath.PADDING];
  private float[] query = new float[0];
  private float[] queryBias = new float[0];

  KeptAttention(VectorMath math) {
    this.math = math;
  }

  /** Writes the weights of every query to the step of its row. */
  void keep(AttentionInputs inputs, Mask.Source mask, AttentionHistory history) {
    SlotState state = mask.tokens().state();
    int beam = state.rules().beamSize();
    int[] rows = CpuTensor.ints(mask.tokens().rows());
    int width = inputs.queries().shape().columns();
    if (query.length < width) {
      query = new float[width];
      queryBias = new float[width];
    }
    CpuTensor.of(inputs.queryBias()).readVector(queryBias);
    for (int i = 0; i < mask.tokens().count(); i++) {
      int slot = rows[i] / beam;
      int start = CpuTensor.ints(state.sourceStarts())[slot];
      int length = CpuTensor.ints(state.sourceLengths())[slot];
      int step = CpuTensor.ints(state.steps())[slot];
      see(CpuCache.of(inputs.keys()), start, length);
      CpuTensor.of(inputs.queries()).read(i, query, 0);
      math.add(query, queryBias, width);
      average(inputs, history.heads());
      CpuTensor.of(history.weights())
          .rows(rows[i] % beam * state.rules().maxLength() + step, 1)
          .columns(start, length)
          .write(0, average, 0);
    }
  }

  /** Names the keys of a source. */
  private void see(CpuCache keys, int start, int length) {
    if (length > source.offsets.length) {
      int room = (length + VectorMath.PADDING - 1) / VectorMath.PADDING * VectorMath.PADDING;
      source = new KeyRows(room);
      weights = new float[room];
      average = new float[room];
    }
    source.clear();
    for (int position = 0; position < length; position++) {
      source.add(keys.offset(start + position));
    }
  }

  private void average(AttentionInputs inputs, int heads) {
    int width = inputs.queries().shape().columns() / inputs.heads();
    CpuCache keys = CpuCache.of(inputs.keys());
    Arrays.fill(average, 0);
    for (int i = 0; i < heads; i++) {
      VectorMath.Head head = new VectorMath.Head(source, i * keys.headStride(), width);
      math.scores(head, query, i * width, keys.numbers(), weights);
      math.softmax(weights, source.count, (float) (1 / Math.sqrt(width)));
      for (int key = 0; key < source.count; key++) {
        average[key] += weights[key] / heads;
      }
    }
  }
}
