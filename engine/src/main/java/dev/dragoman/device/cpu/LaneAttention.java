// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

/** Computes what {@link SimdAttention} does, to the bit, in loops as those of {@link LaneMath}. */
final class LaneAttention implements AttentionMath {
  private final int lanes;
  private final float[] sums;

  /** Computes in so many lanes, a power of two. */
  LaneAttention(int lanes) {
    this.lanes = lanes;
    this.sums = new float[lanes];
  }

  @Override
  public void scores(QueryBlock block, float[] keys, int at, int column) {
    for (int head = 0; head < block.heads; head++) {
      int first = at + head * Blocks.SIZE * block.headWidth;
      for (int query = 0; query < block.count; query++) {
        int out = block.weights(query, head) + column;
        int part = block.part(query, head);
        if (block.count == QueryBlock.MOST) {
          scoresInOneSum(block, part, keys, first, out);
        } else {
          scoresInFourSums(block, part, keys, first, out);
        }
      }
    }
  }

  /** Computes the scores of four keys at a time, whose sums need no array. */
  private static void scoresInOneSum(QueryBlock block, int query, float[] keys, int at, int out) {
    float[] queries = block.queries;
    for (int key = 0; key < Blocks.SIZE; key += 4) {
      float first = 0;
      float second = 0;
      float third = 0;
      float fourth = 0;
      int k = at + key;
      for (int i = query; i < query + block.headWidth; i++) {
        first = Math.fma(keys[k], queries[i], first);
        second = Math.fma(keys[k + 1], queries[i], second);
        third = Math.fma(keys[k + 2], queries[i], third);
        fourth = Math.fma(keys[k + 3], queries[i], fourth);
        k += Blocks.SIZE;
      }
      block.weights[out + key] = first;
      block.weights[out + key + 1] = second;
      block.weights[out + key + 2] = third;
      block.weights[out + key + 3] = fourth;
    }
  }

  private static void scoresInFourSums(QueryBlock block, int query, float[] keys, int at, int out) {
    float[] queries = block.queries;
    int whole = query + block.headWidth / 4 * 4;
    int end = query + block.headWidth;
    for (int key = 0; key < Blocks.SIZE; key++) {
      float first = 0;
      float second = 0;
      float third = 0;
      float fourth = 0;
      int k = at + key;
      for (int i = query; i < whole; i += 4) {
        first = Math.fma(keys[k], queries[i], first);
        second = Math.fma(keys[k + Blocks.SIZE], queries[i + 1], second);
        third = Math.fma(keys[k + 2 * Blocks.SIZE], queries[i + 2], third);
        fourth = Math.fma(keys[k + 3 * Blocks.SIZE], queries[i + 3], fourth);
        k += 4 * Blocks.SIZE;
      }
      for (int i = whole; i < end; i++) {
        first = Math.fma(keys[k], queries[i], first);
        k += Blocks.SIZE;
      }
      block.weights[out + key] = (first + second) + (third + fourth);
    }
  }

  @Override
  public void scores(QueryBlock block, int query, float[] keys, KeyRows rows) {
    for (int head = 0; head < block.heads; head++) {
      int part = block.part(query, head);
      int out = block.weights(query, head);
      for (int t = 0; t < rows.count; t++) {
        int key = rows.offsets[t] + head * rows.headStride;
        block.weights[out + t] =
            block.headWidth == 4 * lanes
                ? productOfFourVectors(block.queries, part, keys, key)
                : product(block.queries, part, keys, key, block.headWidth);
      }
    }
  }

  private float productOfFourVectors(float[] x, int at, float[] y, int from) {
    int second = lanes;
    int third = 2 * lanes;
    int fourth = 3 * lanes;
    for (int lane = 0; lane < lanes; lane++) {
      int i = at + lane;
      int j = from + lane;
      float left = x[i] * y[j] + x[i + second] * y[j + second];
      float right = x[i + third] * y[j + third] + x[i + fourth] * y[j + fourth];
      sums[lane] = left + right;
    }
    return LaneMath.sum(sums);
  }

  private float product(float[] x, int at, float[] y, int from, int width) {
    int whole = width / lanes * lanes;
    LaneMath.clear(sums);
    LaneMath.fuse(x, at, y, from, whole, sums);
    float sum = LaneMath.sum(sums);
    for (int i = whole; i < width; i++) {
      sum += x[at + i] * y[from + i];
    }
    return sum;
  }

  @Override
  public void softmax(QueryBlock block) {
    for (int head = 0; head < block.heads; head++) {
      for (int query = 0; query < block.count; query++) {
        softmax(block, block.weights(query, head));
      }
    }
  }

  /** Computes the softmax over whole vectors; what is not seen in them counts for nothing. */
  private void softmax(QueryBlock block, int at) {
    float[] x = block.weights;
    int first = block.first / lanes * lanes;
    int end = (block.end + lanes - 1) / lanes * lanes;
    float max = Float.NEGATIVE_INFINITY;
    for (int t = block.first; t < block.end; t++) {
      max = Math.max(max, x[at + t]);
    }
    LaneMath.clear(sums);
    for (int t = first; t < end; t += lanes) {
      for (int lane = 0; lane < lanes; lane++) {
        int key = t + lane;
        boolean seen = block.first <= key && key < block.end;
        float e = seen ? LaneMath.exp((x[at + key] - max) * block.scale) : 0;
        x[at + key] = e;
        sums[lane] += e;
      }
    }
    float inverse = 1 / LaneMath.sum(sums);
    for (int t = first; t < end; t++) {
      x[at + t] *= inverse;
    }
  }

  @Override
  public void weightedSum(QueryBlock block, int query, float[] values, KeyRows rows) {
    int whole = block.headWidth / lanes * lanes;
    for (int head = 0; head < block.heads; head++) {
      int weights = block.weights(query, head) + block.first;
      int out = block.part(query, head);
      int part = head * rows.headStride;
      int i = 0;
      for (; i + 4 <= whole; i += 4) {
        sumFour(block, weights, values, rows, part + i, out + i);
      }
      for (; i < block.headWidth; i++) {
        float sum = 0;
        for (int t = 0; t < rows.count; t++) {
          float weight = block.weights[weights + t];
          float value = values[rows.offsets[t] + part + i];
          sum = i < whole ? Math.fma(value, weight, sum) : sum + weight * value;
        }
        block.contexts[out + i] = sum;
      }
    }
  }

  /** Adds up four numbers of a context, whose sums need no array. */
  private static void sumFour(
      QueryBlock block, int weights, float[] values, KeyRows rows, int part, int out) {
    float first = 0;
    float second = 0;
    float third = 0;
    float fourth = 0;
    for (int t = 0; t < rows.count; t++) {
      float weight = block.weights[weights + t];
      int value = rows.offsets[t] + part;
      first = Math.fma(values[value], weight, first);
      second = Math.fma(values[value + 1], weight, second);
      third = Math.fma(values[value + 2], weight, third);
      fourth = Math.fma(values[value + 3], weight, fourth);
    }
    block.contexts[out] = first;
    block.contexts[out + 1] = second;
    block.contexts[out + 2] = third;
    block.contexts[out + 3] = fourth;
  }
}
