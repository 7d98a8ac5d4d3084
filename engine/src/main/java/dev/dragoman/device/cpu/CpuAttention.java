// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import dev.dragoman.device.AttentionInputs;
import dev.dragoman.device.KeyValueCache;
import dev.dragoman.device.Mask;
import dev.dragoman.device.Shape;
import dev.dragoman.device.SlotState;
import dev.dragoman.device.TokenRows;

/**
 * Scaled dot-product attention for many heads ("Attention Is All You Need", sections 3.2.1 and
 * 3.2.2), a few queries at a time: softmax(q·Kᵀ/√d_k)·V, each head on its own columns.
 */
final class CpuAttention {
  private final QueryReader queries;
  private final KeyRows[] visible = new KeyRows[QueryBlock.MOST];
  private final SentenceCache sentences;

  CpuAttention(VectorMath math) {
    this.sentences = new SentenceCache(math);
    this.queries = new QueryReader(math);
    for (int i = 0; i < visible.length; i++) {
      visible[i] = new KeyRows();
    }
  }

  void attend(AttentionInputs inputs, CpuTensor out) {
    queries.begin(inputs);
    if (inputs.mask() instanceof Mask.Sentence mask) {
      attendSentences(inputs, mask.tokens(), out);
    } else if (inputs.mask() instanceof Mask.Past mask) {
      attendPast(inputs, mask.tokens(), out);
    } else if (inputs.mask() instanceof Mask.Source mask) {
      attendSource(inputs, mask.tokens(), out);
    }
  }

  /** Brings the keys of each sentence into the order of a source, and attends to it as to one. */
  private void attendSentences(AttentionInputs inputs, TokenRows.Packed tokens, CpuTensor out) {
    int[] offsets = CpuTensor.ints(tokens.offsets());
    for (int i = 0; i + 1 < tokens.offsets().shape().rows(); i++) {
      int length = offsets[i + 1] - offsets[i];
      Shape shape = new Shape(length, out.shape().columns());
      KeyValueCache sentence = sentences.reserve(shape, inputs.heads());
      CpuCache keys = CpuCache.of(sentence.keys());
      CpuCache values = CpuCache.of(sentence.values());
      keys.write(0, CpuTensor.of(inputs.keys()), offsets[i], length);
      values.write(0, CpuTensor.of(inputs.values()), offsets[i], length);
      KeyRows rows = positions(values, 0, length);
      for (int row = offsets[i]; row < offsets[i + 1]; row += QueryBlock.MOST) {
        QueryBlock block = queries.read(row, Math.min(QueryBlock.MOST, offsets[i + 1] - row));
        keys.attention().weigh(block, keys, 0, length);
        values.attention().weightedSums(block, values.numbers(), rows);
        write(block, out, row);
      }
    }
  }

  private void attendSource(AttentionInputs inputs, TokenRows.Decoding tokens, CpuTensor out) {
    CpuCache keys = CpuCache.of(inputs.keys());
    CpuCache values = CpuCache.of(inputs.values());
    SlotState state = tokens.state();
    int[] starts = CpuTensor.ints(state.sources().starts());
    int[] lengths = CpuTensor.ints(state.sources().lengths());
    int[] rows = CpuTensor.ints(tokens.rows());
    QueryBlock block;
    for (int row = 0; row < tokens.count(); row += block.count) {
      int slot = rows[row] / state.rules().beamSize();
      block = queries.read(row, ofSameSlot(tokens, row));
      keys.attention().weigh(block, keys, starts[slot], lengths[slot]);
      KeyRows seen = positions(values, starts[slot], lengths[slot]);
      values.attention().weightedSums(block, values.numbers(), seen);
      write(block, out, row);
    }
  }

  /**
   * Attends to the past, where each beam sees its own ancestors, so that beams share nothing but
   * the softmax.
   */
  private void attendPast(AttentionInputs inputs, TokenRows.Decoding tokens, CpuTensor out) {
    CpuCache keys = CpuCache.of(inputs.keys());
    CpuCache values = CpuCache.of(inputs.values());
    SlotState state = tokens.state();
    int positions = state.rules().maxLength();
    int[] ancestors = CpuTensor.ints(state.beams().ancestors());
    int[] steps = CpuTensor.ints(state.progress().steps());
    int[] rows = CpuTensor.ints(tokens.rows());
    QueryBlock block;
    for (int row = 0; row < tokens.count(); row += block.count) {
      block = queries.read(row, ofSameSlot(tokens, row));
      block.reserve(positions); // room for the longest, once
      block.first = 0;
      block.end = steps[rows[row] / state.rules().beamSize()] + 1;
      for (int i = 0; i < block.count; i++) {
        visible[i].clear(positions, keys.headStride());
        for (int position = 0; position < block.end; position++) {
          int ancestor = ancestors[rows[row + i] * positions + position];
          visible[i].add(keys.offset(ancestor * positions + position));
        }
        keys.attention().scores(block, i, keys.numbers(), visible[i]);
      }
      keys.attention().softmax(block);
      for (int i = 0; i < block.count; i++) {
        values.attention().weightedSum(block, i, values.numbers(), visible[i]);
      }
      write(block, out, row);
    }
  }

  /** Returns how many rows from {@code row} on belong to its slot and fit into a block. */
  private static int ofSameSlot(TokenRows.Decoding tokens, int row) {
    int[] rows = CpuTensor.ints(tokens.rows());
    int beam = tokens.state().rules().beamSize();
    int most = Math.min(tokens.count(), row + QueryBlock.MOST);
    int end = row + 1;
    while (end < most && rows[end] / beam == rows[row] / beam) {
      end++;
    }
    return end - row;
  }

  /** Returns where the values of these positions lie, until it is called again. */
  private KeyRows positions(CpuCache values, int start, int length) {
    KeyRows rows = visible[0];
    rows.clear(length, values.headStride());
    for (int position = start; position < start + length; position++) {
      rows.add(values.offset(position));
    }
    return rows;
  }

  private static void write(QueryBlock block, CpuTensor out, int row) {
    for (int i = 0; i < block.count; i++) {
      out.write(row + i, block.contexts, i * block.width);
    }
  }
}
