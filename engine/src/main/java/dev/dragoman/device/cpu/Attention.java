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
  private float[] queryBias = new float[0];
  private float[] context = new float[0];
  private VectorMath.Head[] heads = new VectorMath.Head[0];
  private float[] keys = new float[0];
  private float[] values = new float[0];
  private float[] sentenceKeys = new float[0];
  private float[] sentenceValues = new float[0];

  Attention(VectorMath math) {
    this.math = math;
  }

  void attend(AttentionInputs inputs, CpuTensor out) {
    int width = out.shape().columns();
    if (query.length < width) {
      query = new float[width];
      queryBias = new float[width];
      context = new float[width];
    }
    CpuTensor.of(inputs.queryBias()).readVector(queryBias);
    if (inputs.mask() instanceof Mask.Sentence mask) {
      attendSentences(inputs, mask.tokens(), out);
    } else if (inputs.mask() instanceof Mask.Past mask) {
      attendPast(inputs, mask.tokens(), out);
    } else if (inputs.mask() instanceof Mask.Source mask) {
      attendSource(inputs, mask.tokens(), out);
    }
  }

  private void attendSentences(AttentionInputs inputs, TokenRows.Packed tokens, CpuTensor out) {
    int[] offsets = CpuTensor.ints(tokens.offsets());
    int sentences = tokens.offsets().shape().rows() - 1;
    for (int sentence = 0; sentence < sentences; sentence++) {
      int length = offsets[sentence + 1] - offsets[sentence];
      reserve(length, out.shape().columns());
      for (int i = 0; i < length; i++) {
        int row = offsets[sentence] + i;
        CpuTensor.of(inputs.keys()).read(row, sentenceKeys, i * out.shape().columns());
        CpuTensor.of(inputs.values()).read(row, sentenceValues, i * out.shape().columns());
        visible.add(i * out.shape().columns());
      }
      keys = sentenceKeys;
      values = sentenceValues;
      int width = out.shape().columns() / inputs.heads();
      divide(inputs.heads(), width, width);
      for (int row = offsets[sentence]; row < offsets[sentence + 1]; row++) {
        attendRow(inputs, row, out);
      }
    }
  }

  private void attendPast(AttentionInputs inputs, TokenRows.Decoding tokens, CpuTensor out) {
    CpuCache cache = CpuCache.of(inputs.keys());
    SlotState state = tokens.state();
    int positions = state.rules().maxLength();
    see(positions); // room for the longest, once
    lookAtCaches(inputs);
    int[] ancestors = CpuTensor.ints(state.ancestors());
    int[] steps = CpuTensor.ints(state.steps());
    int[] rows = CpuTensor.ints(tokens.rows());
    for (int i = 0; i < tokens.count(); i++) {
      int step = steps[rows[i] / state.rules().beamSize()];
      see(step + 1);
      for (int position = 0; position <= step; position++) {
        int ancestor = ancestors[rows[i] * positions + position];
        visible.add(cache.offset(ancestor * positions + position));
      }
      attendRow(inputs, i, out);
    }
  }

  private void attendSource(AttentionInputs inputs, TokenRows.Decoding tokens, CpuTensor out) {
    CpuCache cache = CpuCache.of(inputs.keys());
    SlotState state = tokens.state();
    int[] starts = CpuTensor.ints(state.sourceStarts());
    int[] lengths = CpuTensor.ints(state.sourceLengths());
    int[] rows = CpuTensor.ints(tokens.rows());
    int seen = -1;
    for (int i = 0; i < tokens.count(); i++) {
      int slot = rows[i] / state.rules().beamSize();
      if (slot != seen) { // the beams of a slot see the same keys
        see(lengths[slot]);
        lookAtCaches(inputs);
        for (int position = 0; position < lengths[slot]; position++) {
          visible.add(cache.offset(starts[slot] + position));
        }
        seen = slot;
      }
      attendRow(inputs, i, out);
    }
  }

  private void attendRow(AttentionInputs inputs, int row, CpuTensor out) {
    CpuTensor.of(inputs.queries()).read(row, query, 0);
    math.add(query, queryBias, out.shape().columns());
    int width = out.shape().columns() / inputs.heads();
    float scale = (float) (1 / Math.sqrt(width));
    for (int i = 0; i < inputs.heads(); i++) {
      VectorMath.Head head = heads[i];
      math.scores(head, query, i * width, keys, weights);
      math.softmax(weights, visible.count, scale);
      math.weightedSum(head, weights, values, context, i * width);
    }
    out.write(row, context, 0);
  }

  /** The caches' numbers are what is attended to from now on. */
  private void lookAtCaches(AttentionInputs inputs) {
    keys = CpuCache.of(inputs.keys()).numbers();
    values = CpuCache.of(inputs.values()).numbers();
    int width = inputs.queries().shape().columns() / inputs.heads();
    divide(inputs.heads(), width, CpuCache.of(inputs.keys()).headStride());
  }

  /**
   * Where the heads of the visible keys lie; made again only when that changes.
   *
   * @param stride from one head of a row to the next
   */
  private void divide(int count, int width, int stride) {
    VectorMath.Head last = heads.length == 0 ? null : heads[heads.length - 1];
    if (heads.length == count
        && last.rows() == visible
        && last.width() == width
        && last.column() == (count - 1) * stride) {
      return;
    }
    heads = new VectorMath.Head[count];
    for (int i = 0; i < count; i++) {
      heads[i] = new VectorMath.Head(visible, i * stride, width);
    }
  }

  /** Room for the keys and values of a sentence. */
  private void reserve(int length, int width) {
    see(length);
    if (sentenceKeys.length < length * width) {
      sentenceKeys = new float[length * width];
      sentenceValues = new float[length * width];
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
