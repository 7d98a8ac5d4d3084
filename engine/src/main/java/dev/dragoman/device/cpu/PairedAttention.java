// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The inner loops of attention to heads that {@link PairedHeads} packs, on the JDK's vector API: as
 * {@link SimdAttention}, where each vector that is loaded makes two.
 */
final class PairedAttention implements AttentionMath {
  private static final VectorSpecies<Float> LANES = FloatVector.SPECIES_PREFERRED;
  private static final int STEP = LANES.length();

  private final KeyProducts products = new KeyProducts();

  /** {@inheritDoc} A lane is a key, so that nothing has to be added up across lanes. */
  @Override
  public void scores(QueryBlock block, float[] keys, int at, int column) {
    for (int head = 0; head < block.heads; head++) {
      int first = at + head * Blocks.SIZE * (block.headWidth / 2);
      for (int lane = 0; lane < Blocks.SIZE; lane += STEP) {
        if (block.count == QueryBlock.MOST) {
          scoresOfFour(block, head, keys, first + lane, column + lane);
        } else {
          for (int query = 0; query < block.count; query++) {
            int out = block.weights(query, head) + column + lane;
            scoresOfOne(block, block.part(query, head), keys, first + lane, out);
          }
        }
      }
    }
  }

  private static void scoresOfFour(QueryBlock block, int head, float[] keys, int at, int column) {
    float[] queries = block.queries;
    int half = block.headWidth / 2;
    int q0 = block.part(0, head);
    int q1 = q0 + block.width;
    int q2 = q1 + block.width;
    int q3 = q2 + block.width;
    FloatVector s0 = FloatVector.zero(LANES);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    for (int i = 0; i < half; i++) {
      IntVector pairs = FloatPairs.load(keys, at + i * Blocks.SIZE);
      FloatVector key = FloatPairs.low(pairs);
      s0 = key.fma(broadcast(queries[q0 + i]), s0);
      s1 = key.fma(broadcast(queries[q1 + i]), s1);
      s2 = key.fma(broadcast(queries[q2 + i]), s2);
      s3 = key.fma(broadcast(queries[q3 + i]), s3);
      key = FloatPairs.high(pairs);
      s0 = key.fma(broadcast(queries[q0 + half + i]), s0);
      s1 = key.fma(broadcast(queries[q1 + half + i]), s1);
      s2 = key.fma(broadcast(queries[q2 + half + i]), s2);
      s3 = key.fma(broadcast(queries[q3 + half + i]), s3);
    }
    s0.intoArray(block.weights, block.weights(0, head) + column);
    s1.intoArray(block.weights, block.weights(1, head) + column);
    s2.intoArray(block.weights, block.weights(2, head) + column);
    s3.intoArray(block.weights, block.weights(3, head) + column);
  }

  /**
   * Adds up four sums in turns, since one alone would wait for each of its additions. Four pairs at
   * a time make the method too large to be inlined, in which case Java's compiler would keep the
   * sums on the heap.
   */
  private static void scoresOfOne(QueryBlock block, int low, float[] keys, int at, int out) {
    float[] queries = block.queries;
    int half = block.headWidth / 2;
    int high = low + half;
    FloatVector s0 = FloatVector.zero(LANES);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    for (int i = 0; i < half; i += 4) {
      IntVector pairs = FloatPairs.load(keys, at + i * Blocks.SIZE);
      s0 = FloatPairs.low(pairs).fma(broadcast(queries[low + i]), s0);
      s1 = FloatPairs.high(pairs).fma(broadcast(queries[high + i]), s1);
      pairs = FloatPairs.load(keys, at + (i + 1) * Blocks.SIZE);
      s2 = FloatPairs.low(pairs).fma(broadcast(queries[low + i + 1]), s2);
      s3 = FloatPairs.high(pairs).fma(broadcast(queries[high + i + 1]), s3);
      pairs = FloatPairs.load(keys, at + (i + 2) * Blocks.SIZE);
      s0 = FloatPairs.low(pairs).fma(broadcast(queries[low + i + 2]), s0);
      s1 = FloatPairs.high(pairs).fma(broadcast(queries[high + i + 2]), s1);
      pairs = FloatPairs.load(keys, at + (i + 3) * Blocks.SIZE);
      s2 = FloatPairs.low(pairs).fma(broadcast(queries[low + i + 3]), s2);
      s3 = FloatPairs.high(pairs).fma(broadcast(queries[high + i + 3]), s3);
    }
    s0.add(s1).add(s2.add(s3)).intoArray(block.weights, out);
  }

  @Override
  public void scores(QueryBlock block, int query, float[] keys, KeyRows rows) {
    for (int head = 0; head < block.heads; head++) {
      int first = block.part(query, head);
      if (block.headWidth == 4 * STEP) {
        multiplyFourVectors(block, first, keys, rows, head * rows.headStride);
      } else {
        multiply(block, first, keys, rows, head * rows.headStride);
      }
      products.addUp(rows.count, block.weights, block.weights(query, head));
    }
  }

  /** Multiplies with a query that stays in four registers. */
  private void multiplyFourVectors(
      QueryBlock block, int query, float[] keys, KeyRows rows, int column) {
    FloatVector q0 = load(block.queries, query);
    FloatVector q1 = load(block.queries, query + STEP);
    FloatVector q2 = load(block.queries, query + 2 * STEP);
    FloatVector q3 = load(block.queries, query + 3 * STEP);
    int count = rows.count;
    int[] offsets = rows.offsets;
    float[] out = products.reserve(count);
    for (int t = 0; t < count; t++) {
      int key = offsets[t] + column;
      IntVector first = FloatPairs.load(keys, key);
      IntVector second = FloatPairs.load(keys, key + STEP);
      FloatVector low = q0.mul(FloatPairs.low(first)).add(q1.mul(FloatPairs.low(second)));
      FloatVector high = q2.mul(FloatPairs.high(first)).add(q3.mul(FloatPairs.high(second)));
      low.add(high).intoArray(out, t * STEP);
    }
  }

  private void multiply(QueryBlock block, int query, float[] keys, KeyRows rows, int column) {
    float[] queries = block.queries;
    int half = block.headWidth / 2;
    int count = rows.count;
    float[] out = products.reserve(count);
    for (int t = 0; t < count; t++) {
      int key = rows.offsets[t] + column;
      FloatVector low = FloatVector.zero(LANES);
      FloatVector high = low;
      for (int i = 0; i < half; i += STEP) {
        IntVector pairs = FloatPairs.load(keys, key + i);
        low = FloatPairs.low(pairs).fma(load(queries, query + i), low);
        high = FloatPairs.high(pairs).fma(load(queries, query + half + i), high);
      }
      low.add(high).intoArray(out, t * STEP);
    }
  }

  @Override
  public void softmax(QueryBlock block) {
    SimdSoftmax.of(block);
  }

  /** {@inheritDoc} Four queries share each vector that is loaded. */
  @Override
  public void weightedSums(QueryBlock block, float[] values, KeyRows rows) {
    for (int head = 0; head < block.heads; head++) {
      if (block.count == QueryBlock.MOST) {
        fourSums(block, head, values, rows);
      } else {
        for (int query = 0; query < block.count; query++) {
          oneSum(block, query, head, values, rows);
        }
      }
    }
  }

  @Override
  public void weightedSum(QueryBlock block, int query, float[] values, KeyRows rows) {
    for (int head = 0; head < block.heads; head++) {
      oneSum(block, query, head, values, rows);
    }
  }

  private static void fourSums(QueryBlock block, int head, float[] values, KeyRows rows) {
    int count = rows.count;
    int[] offsets = rows.offsets;
    float[] weights = block.weights;
    int w0 = block.weights(0, head) + block.first;
    int w1 = block.weights(1, head) + block.first;
    int w2 = block.weights(2, head) + block.first;
    int w3 = block.weights(3, head) + block.first;
    int half = block.headWidth / 2;
    for (int i = 0; i < half; i += STEP) {
      FloatVector low0 = FloatVector.zero(LANES);
      FloatVector low1 = low0;
      FloatVector low2 = low0;
      FloatVector low3 = low0;
      FloatVector high0 = low0;
      FloatVector high1 = low0;
      FloatVector high2 = low0;
      FloatVector high3 = low0;
      int column = head * rows.headStride + i;
      for (int t = 0; t < count; t++) {
        IntVector pairs = FloatPairs.load(values, offsets[t] + column);
        FloatVector low = FloatPairs.low(pairs);
        FloatVector high = FloatPairs.high(pairs);
        FloatVector weight = broadcast(weights[w0 + t]);
        low0 = low.fma(weight, low0);
        high0 = high.fma(weight, high0);
        weight = broadcast(weights[w1 + t]);
        low1 = low.fma(weight, low1);
        high1 = high.fma(weight, high1);
        weight = broadcast(weights[w2 + t]);
        low2 = low.fma(weight, low2);
        high2 = high.fma(weight, high2);
        weight = broadcast(weights[w3 + t]);
        low3 = low.fma(weight, low3);
        high3 = high.fma(weight, high3);
      }
      low0.intoArray(block.contexts, block.part(0, head) + i);
      low1.intoArray(block.contexts, block.part(1, head) + i);
      low2.intoArray(block.contexts, block.part(2, head) + i);
      low3.intoArray(block.contexts, block.part(3, head) + i);
      high0.intoArray(block.contexts, block.part(0, head) + half + i);
      high1.intoArray(block.contexts, block.part(1, head) + half + i);
      high2.intoArray(block.contexts, block.part(2, head) + half + i);
      high3.intoArray(block.contexts, block.part(3, head) + half + i);
    }
  }

  private static void oneSum(QueryBlock block, int query, int head, float[] values, KeyRows rows) {
    int count = rows.count;
    int[] offsets = rows.offsets;
    float[] weights = block.weights;
    int w = block.weights(query, head) + block.first;
    int out = block.part(query, head);
    int half = block.headWidth / 2;
    int i = 0;
    for (; i + 2 * STEP <= half; i += 2 * STEP) {
      FloatVector s0 = FloatVector.zero(LANES);
      FloatVector s1 = s0;
      FloatVector s2 = s0;
      FloatVector s3 = s0;
      int column = head * rows.headStride + i;
      for (int t = 0; t < count; t++) {
        int at = offsets[t] + column;
        FloatVector weight = broadcast(weights[w + t]);
        IntVector pairs = FloatPairs.load(values, at);
        s0 = FloatPairs.low(pairs).fma(weight, s0);
        s1 = FloatPairs.high(pairs).fma(weight, s1);
        pairs = FloatPairs.load(values, at + STEP);
        s2 = FloatPairs.low(pairs).fma(weight, s2);
        s3 = FloatPairs.high(pairs).fma(weight, s3);
      }
      s0.intoArray(block.contexts, out + i);
      s1.intoArray(block.contexts, out + half + i);
      s2.intoArray(block.contexts, out + i + STEP);
      s3.intoArray(block.contexts, out + half + i + STEP);
    }
    for (; i < half; i += STEP) {
      FloatVector low = FloatVector.zero(LANES);
      FloatVector high = low;
      int column = head * rows.headStride + i;
      for (int t = 0; t < count; t++) {
        FloatVector weight = broadcast(weights[w + t]);
        IntVector pairs = FloatPairs.load(values, offsets[t] + column);
        low = FloatPairs.low(pairs).fma(weight, low);
        high = FloatPairs.high(pairs).fma(weight, high);
      }
      low.intoArray(block.contexts, out + i);
      high.intoArray(block.contexts, out + half + i);
    }
  }

  private static FloatVector load(float[] array, int at) {
    return FloatVector.fromArray(LANES, array, at);
  }

  private static FloatVector broadcast(float value) {
    return FloatVector.broadcast(LANES, value);
  }
}
