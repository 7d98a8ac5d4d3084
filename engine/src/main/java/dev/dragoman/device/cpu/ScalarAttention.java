// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

/** The inner loops of attention in plain Java, sums in double: the reference. */
final class ScalarAttention implements AttentionMath {

  @Override
  public void scores(QueryBlock block, float[] keys, int at, int column) {
    int headStride = Blocks.SIZE * block.headWidth;
    for (int head = 0; head < block.heads; head++) {
      for (int query = 0; query < block.count; query++) {
        for (int key = 0; key < Blocks.SIZE; key++) {
          int first = at + head * headStride + key;
          double sum = 0;
          for (int i = 0; i < block.headWidth; i++) {
            sum += block.queries[block.part(query, head) + i] * keys[first + i * Blocks.SIZE];
          }
          block.weights[block.weights(query, head) + column + key] = (float) sum;
        }
      }
    }
  }

  @Override
  public void scores(QueryBlock block, int query, float[] keys, KeyRows rows) {
    for (int head = 0; head < block.heads; head++) {
      for (int key = 0; key < rows.count; key++) {
        int first = rows.offsets[key] + head * rows.headStride;
        double sum = 0;
        for (int i = 0; i < block.headWidth; i++) {
          sum += block.queries[block.part(query, head) + i] * keys[first + i];
        }
        block.weights[block.weights(query, head) + key] = (float) sum;
      }
    }
  }

  @Override
  public void softmax(QueryBlock block) {
    for (int head = 0; head < block.heads; head++) {
      for (int query = 0; query < block.count; query++) {
        int at = block.weights(query, head);
        softmax(block.weights, at + block.first, at + block.end, block.scale);
      }
    }
  }

  private static void softmax(float[] x, int first, int end, float scale) {
    float max = Float.NEGATIVE_INFINITY;
    for (int t = first; t < end; t++) {
      max = Math.max(max, x[t]);
    }
    double sum = 0;
    for (int t = first; t < end; t++) {
      x[t] = (float) Math.exp((x[t] - max) * scale);
      sum += x[t];
    }
    for (int t = first; t < end; t++) {
      x[t] = (float) (x[t] / sum);
    }
  }

  @Override
  public void weightedSum(QueryBlock block, int query, float[] values, KeyRows rows) {
    for (int head = 0; head < block.heads; head++) {
      int weights = block.weights(query, head) + block.first;
      for (int i = 0; i < block.headWidth; i++) {
        double sum = 0;
        for (int t = 0; t < rows.count; t++) {
          int value = rows.offsets[t] + head * rows.headStride + i;
          sum += block.weights[weights + t] * values[value];
        }
        block.contexts[block.part(query, head) + i] = (float) sum;
      }
    }
  }
}
