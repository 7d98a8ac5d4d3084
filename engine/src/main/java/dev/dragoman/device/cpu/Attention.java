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

  Attention(VectorMath math) {
    this.math = math;
  }

  void attend(AttentionInputs inputs, CpuTensor out) {
    if (inputs.mask() instanceof Mask.Sentence mask) {
      attendSentences(inputs, mask.tokens(), out);
    } else if (inputs.mask() instanceof Mask.Past mask) {
      attendPast(inputs, mask.tokens(), out);
    } else if (inputs.mask() instanceof Mask.Source mask) {
      attendSource(inputs, mask.tokens(), out);
    }
  }

  private void attendSentences(AttentionInputs inputs, TokenRows.Packed tokens, CpuTensor out) {
    CpuTensor keys = CpuTensor.of(inputs.keys());
    int[] offsets = CpuTensor.ints(tokens.offsets());
    int sentences = tokens.offsets().shape().rows() - 1;
    for (int sentence = 0; sentence < sentences; sentence++) {
      see(offsets[sentence + 1] - offsets[sentence]);
      for (int row = offsets[sentence]; row < offsets[sentence + 1]; row++) {
        visible.add(keys.at(row));
      }
      for (int row = offsets[sentence]; row < offsets[sentence + 1]; row++) {
        attendRow(inputs, row, out);
      }
    }
  }

  private void attendPast(AttentionInputs inputs, TokenRows.Decoding tokens, CpuTensor out) {
    CpuTensor keys = CpuTensor.of(inputs.keys());
    SlotState state = tokens.state();
    CpuTensor ancestors = CpuTensor.of(state.ancestors());
    int[] steps = CpuTensor.ints(state.steps());
    int[] rows = CpuTensor.ints(tokens.rows());
    for (int i = 0; i < tokens.count(); i++) {
      int step = steps[rows[i] / state.rules().beamSize()];
      see(step + 1);
      for (int position = 0; position <= step; position++) {
        int ancestor = CpuTensor.ints(ancestors)[ancestors.at(rows[i]) + position];
        visible.add(keys.at(ancestor * state.rules().maxLength() + position));
      }
      attendRow(inputs, i, out);
    }
  }

  private void attendSource(AttentionInputs inputs, TokenRows.Decoding tokens, CpuTensor out) {
    CpuTensor keys = CpuTensor.of(inputs.keys());
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
          visible.add(keys.at(starts[slot] + position));
        }
        seen = slot;
      }
      attendRow(inputs, i, out);
    }
  }

  private void attendRow(AttentionInputs inputs, int row, CpuTensor out) {
    CpuTensor queries = CpuTensor.of(inputs.queries());
    float[] keys = CpuTensor.floats(inputs.keys());
    float[] values = CpuTensor.floats(inputs.values());
    int width = queries.shape().columns() / inputs.heads();
    float scale = (float) (1 / Math.sqrt(width));
    // Keys and values are laid out alike; only where they begin may differ.
    int valueShift = CpuTensor.of(inputs.values()).at(0) - CpuTensor.of(inputs.keys()).at(0);
    for (int head = 0; head < inputs.heads(); head++) {
      int column = head * width;
      math.scores(
          new VectorMath.Head(visible, column, width),
          CpuTensor.floats(queries),
          queries.at(row) + column,
          keys,
          weights);
      math.softmax(weights, visible.count, scale);
      math.weightedSum(
          new VectorMath.Head(visible, column + valueShift, width),
          weights,
          values,
          CpuTensor.floats(out),
          out.at(row) + column);
    }
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
