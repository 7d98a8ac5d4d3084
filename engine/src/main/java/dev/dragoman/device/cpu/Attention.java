package dev.dragoman.device.cpu;

import dev.dragoman.device.AttentionInputs;
import dev.dragoman.device.Mask;
import dev.dragoman.device.SlotState;
import dev.dragoman.device.TokenRows;

/**
 * Scaled dot-product attention for many heads ("Attention Is All You Need", sections 3.2.1 and
 * 3.2.2), one query after the other: the mask names the rows of its keys, then each head computes
 * softmax(q·Kᵀ/√d_k)·V on its own columns.
 */
final class Attention {
  private final VectorMath math;
  private KeyRows visible = new KeyRows(VectorMath.PADDING);
  private float[] weights = new float[VectorMath.PADDING];
  private float[] query = new float[0];
  private float[] context = new float[0];
  private float[] sentenceKeys = new float[0];
  private float[] sentenceValues = new float[0];

  Attention(VectorMath math) {
    this.math = math;
  }

  void attend(AttentionInputs inputs, CpuTensor out) {
    int width = out.shape().columns();
    if (query.length < width) {
      query = new float[width];
      context = new float[width];
    }
    if (inputs.mask() instanceof Mask.Sentence mask) {
      attendSentences(inputs, mask.tokens(), out);
    } else if (inputs.mask() instanceof Mask.Past mask) {
      attendPast(inputs, mask.tokens(), out);
    } else if (inputs.mask() instanceof Mask.Source mask) {
      attendSource(inputs, mask.tokens(), out);
    }
  }

  private void attendSentences(AttentionInputs inputs, TokenRows.Packed tokens, CpuTensor out) {
    int width = out.shape().columns();
    int[] offsets = CpuTensor.ints(tokens.offsets());
    int sentences = tokens.offsets().shape().rows() - 1;
    for (int sentence = 0; sentence < sentences; sentence++) {
      int length = offsets[sentence + 1] - offsets[sentence];
      see(length);
      if (sentenceKeys.length < length * width) {
        sentenceKeys = new float[length * width];
        sentenceValues = new float[length * width];
      }
      for (int i = 0; i < length; i++) {
        int row = offsets[sentence] + i;
        CpuTensor.of(inputs.keys()).read(row, sentenceKeys, i * width);
        CpuTensor.of(inputs.values()).read(row, sentenceValues, i * width);
        visible.add(i * width);
      }
      for (int row = offsets[sentence]; row < offsets[sentence + 1]; row++) {
        attendRow(inputs, row, sentenceKeys, sentenceValues, out);
      }
    }
  }

  private void attendPast(AttentionInputs inputs, TokenRows.Decoding tokens, CpuTensor out) {
    float[] keys = CpuTensor.floats(inputs.keys());
    float[] values = CpuTensor.floats(inputs.values());
    int width = out.shape().columns();
    SlotState state = tokens.state();
    int positions = state.rules().maxLength();
    int[] ancestors = CpuTensor.ints(state.ancestors());
    int[] steps = CpuTensor.ints(state.steps());
    int[] rows = CpuTensor.ints(tokens.rows());
    for (int i = 0; i < tokens.count(); i++) {
      int step = steps[rows[i] / state.rules().beamSize()];
      see(step + 1);
      for (int position = 0; position <= step; position++) {
        int ancestor = ancestors[rows[i] * positions + position];
        visible.add((ancestor * positions + position) * width);
      }
      attendRow(inputs, i, keys, values, out);
    }
  }

  private void attendSource(AttentionInputs inputs, TokenRows.Decoding tokens, CpuTensor out) {
    float[] keys = CpuTensor.floats(inputs.keys());
    float[] values = CpuTensor.floats(inputs.values());
    int width = out.shape().columns();
    SlotState state = tokens.state();
    int[] starts = CpuTensor.ints(state.sourceStarts());
    int[] lengths = CpuTensor.ints(state.sourceLengths());
    int[] rows = CpuTensor.ints(tokens.rows());
    int seen = -1;
    for (int i = 0; i < tokens.count(); i++) {
      int slot = rows[i] / state.rules().beamSize();
      if (slot != seen) { // the beams of a slot see the same keys
        see(lengths[slot]);
        for (int position = 0; position < lengths[slot]; position++) {
          visible.add((starts[slot] + position) * width);
        }
        seen = slot;
      }
      attendRow(inputs, i, keys, values, out);
    }
  }

  private void attendRow(
      AttentionInputs inputs, int row, float[] keys, float[] values, CpuTensor out) {
    CpuTensor.of(inputs.queries()).read(row, query, 0);
    int width = out.shape().columns() / inputs.heads();
    float scale = (float) (1 / Math.sqrt(width));
    for (int i = 0; i < inputs.heads(); i++) {
      VectorMath.Head head = new VectorMath.Head(visible, i * width, width);
      math.scores(head, query, i * width, keys, weights);
      math.softmax(weights, visible.count, scale);
      math.weightedSum(head, weights, values, context, i * width);
    }
    out.write(row, context, 0);
  }

  /** Begins a new set of visible keys, with room for {@code count}. */
  private void see(int count) {
    if (count > visible.offsets.length) {
      int room = (count + VectorMath.PADDING - 1) / VectorMath.PADDING * VectorMath.PADDING;
      visible = new KeyRows(room);
      weights = new float[room];
    }
    visible.clear();
  }
}
