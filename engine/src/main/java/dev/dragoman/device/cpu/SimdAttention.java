// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The inner loops of attention on the JDK's vector API. Loops are as plain as can be: Java's
 * compiler keeps a few vectors in registers, and gives up where there are many.
 */
final class SimdAttention implements AttentionMath {
  private static final VectorSpecies<Float> LANES = FloatVector.SPECIES_PREFERRED;
  private static final int STEP = LANES.length();
  private static final int FOUR = 4 * STEP;

  private final KeyProducts products = new KeyProducts();

  /** {@inheritDoc} A lane is a key, so that nothing has to be added up across lanes. */
  @Override
  public void scores(QueryBlock block, float[] keys, int at, int column) {
    for (int head = 0; head < block.heads; head++) {
      int first = at + head * Blocks.SIZE * block.headWidth;
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
    int width = block.headWidth;
    int q0 = block.part(0, head);
    int q1 = q0 + block.width;
    int q2 = q1 + block.width;
    int q3 = q2 + block.width;
    FloatVector s0 = FloatVector.zero(LANES);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    for (int i = 0; i < width; i++) {
      FloatVector key = load(keys, at + i * Blocks.SIZE);
      s0 = key.fma(broadcast(queries[q0 + i]), s0);
      s1 = key.fma(broadcast(queries[q1 + i]), s1);
      s2 = key.fma(broadcast(queries[q2 + i]), s2);
      s3 = key.fma(broadcast(queries[q3 + i]), s3);
    }
    s0.intoArray(block.weights, block.weights(0, head) + column);
    s1.intoArray(block.weights, block.weights(1, head) + column);
    s2.intoArray(block.weights, block.weights(2, head) + column);
    s3.intoArray(block.weights, block.weights(3, head) + column);
  }

  /** Adds up four sums in turns, since one alone would wait for each of its additions. */
  private static void scoresOfOne(QueryBlock block, int q, float[] keys, int at, int out) {
    float[] queries = block.queries;
    int width = block.headWidth;
    FloatVector s0 = FloatVector.zero(LANES);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    int i = 0;
    for (; i + 4 <= width; i += 4) {
      int key = at + i * Blocks.SIZE;
      s0 = load(keys, key).fma(broadcast(queries[q + i]), s0);
      s1 = load(keys, key + Blocks.SIZE).fma(broadcast(queries[q + i + 1]), s1);
      s2 = load(keys, key + 2 * Blocks.SIZE).fma(broadcast(queries[q + i + 2]), s2);
      s3 = load(keys, key + 3 * Blocks.SIZE).fma(broadcast(queries[q + i + 3]), s3);
    }
    for (; i < width; i++) {
      s0 = load(keys, at + i * Blocks.SIZE).fma(broadcast(queries[q + i]), s0);
    }
    s0.add(s1).add(s2.add(s3)).intoArray(block.weights, out);
  }

  @Override
  public void scores(QueryBlock block, int query, float[] keys, KeyRows rows) {
    for (int head = 0; head < block.heads; head++) {
      if (block.headWidth == FOUR) {
        scoresOfFourVectors(block, query, head, keys, rows);
      } else {
        scoresOfAnyWidth(block, query, head, keys, rows);
      }
    }
  }

  /** Computes scores for the usual width of a head, with a query that stays in four registers. */
  private void scoresOfFourVectors(
      QueryBlock block, int query, int head, float[] keys, KeyRows rows) {
    multiply(block, block.part(query, head), keys, rows, head * rows.headStride);
    products.addUp(rows.count, block.weights, block.weights(query, head));
  }

  /** Multiplies lane by lane, key after key. */
  private void multiply(QueryBlock block, int query, float[] keys, KeyRows rows, int column) {
    FloatVector q0 = load(block.queries, query);
    FloatVector q1 = load(block.queries, query + STEP);
    FloatVector q2 = load(block.queries, query + 2 * STEP);
    FloatVector q3 = load(block.queries, query + 3 * STEP);
    int count = rows.count;
    int[] offsets = rows.offsets;
    float[] out = products.reserve(count);
    for (int t = 0; t < count; t++) {
      int key = offsets[t] + column;
      FloatVector left = q0.mul(load(keys, key)).add(q1.mul(load(keys, key + STEP)));
      FloatVector right =
          q2.mul(load(keys, key + 2 * STEP)).add(q3.mul(load(keys, key + 3 * STEP)));
      left.add(right).intoArray(out, t * STEP);
    }
  }

  private static void scoresOfAnyWidth(
      QueryBlock block, int query, int head, float[] keys, KeyRows rows) {
    int q = block.part(query, head);
    int out = block.weights(query, head);
    int column = head * rows.headStride;
    float[] queries = block.queries;
    int width = block.headWidth;
    int whole = LANES.loopBound(width);
    for (int t = 0; t < rows.count; t++) {
      int key = rows.offsets[t] + column;
      FloatVector sums = FloatVector.zero(LANES);
      for (int i = 0; i < whole; i += STEP) {
        sums = load(queries, q + i).fma(load(keys, key + i), sums);
      }
      float sum = LaneSum.of(sums);
      for (int i = whole; i < width; i++) {
        sum += queries[q + i] * keys[key + i];
      }
      block.weights[out + t] = sum;
    }
  }

  @Override
  public void softmax(QueryBlock block) {
    SimdSoftmax.of(block);
  }

  /** {@inheritDoc} Two queries share each value that is loaded. */
  @Override
  public void weightedSums(QueryBlock block, float[] values, KeyRows rows) {
    for (int head = 0; head < block.heads; head++) {
      int query = 0;
      if (block.headWidth % FOUR == 0) {
        for (; query + 2 <= block.count; query += 2) {
          twoSums(block, query, head, values, rows);
        }
      }
      for (; query < block.count; query++) {
        oneSum(block, query, head, values, rows);
      }
    }
  }

  @Override
  public void weightedSum(QueryBlock block, int query, float[] values, KeyRows rows) {
    for (int head = 0; head < block.heads; head++) {
      oneSum(block, query, head, values, rows);
    }
  }

  private static void twoSums(QueryBlock block, int query, int head, float[] values, KeyRows rows) {
    int count = rows.count;
    int[] offsets = rows.offsets;
    float[] weights = block.weights;
    int wa = block.weights(query, head) + block.first;
    int wb = block.weights(query + 1, head) + block.first;
    for (int i = 0; i < block.headWidth; i += FOUR) {
      FloatVector a0 = FloatVector.zero(LANES);
      FloatVector a1 = a0;
      FloatVector a2 = a0;
      FloatVector a3 = a0;
      FloatVector b0 = a0;
      FloatVector b1 = a0;
      FloatVector b2 = a0;
      FloatVector b3 = a0;
      int column = head * rows.headStride + i;
      for (int t = 0; t < count; t++) {
        int at = offsets[t] + column;
        FloatVector a = broadcast(weights[wa + t]);
        FloatVector b = broadcast(weights[wb + t]);
        FloatVector value = load(values, at);
        a0 = value.fma(a, a0);
        b0 = value.fma(b, b0);
        value = load(values, at + STEP);
        a1 = value.fma(a, a1);
        b1 = value.fma(b, b1);
        value = load(values, at + 2 * STEP);
        a2 = value.fma(a, a2);
        b2 = value.fma(b, b2);
        value = load(values, at + 3 * STEP);
        a3 = value.fma(a, a3);
        b3 = value.fma(b, b3);
      }
      a0.intoArray(block.contexts, block.part(query, head) + i);
      a1.intoArray(block.contexts, block.part(query, head) + i + STEP);
      a2.intoArray(block.contexts, block.part(query, head) + i + 2 * STEP);
      a3.intoArray(block.contexts, block.part(query, head) + i + 3 * STEP);
      b0.intoArray(block.contexts, block.part(query + 1, head) + i);
      b1.intoArray(block.contexts, block.part(query + 1, head) + i + STEP);
      b2.intoArray(block.contexts, block.part(query + 1, head) + i + 2 * STEP);
      b3.intoArray(block.contexts, block.part(query + 1, head) + i + 3 * STEP);
    }
  }

  private static void oneSum(QueryBlock block, int query, int head, float[] values, KeyRows rows) {
    int count = rows.count;
    int[] offsets = rows.offsets;
    float[] weights = block.weights;
    int w = block.weights(query, head) + block.first;
    int out = block.part(query, head);
    int i = 0;
    for (; i + FOUR <= block.headWidth; i += FOUR) {
      FloatVector s0 = FloatVector.zero(LANES);
      FloatVector s1 = s0;
      FloatVector s2 = s0;
      FloatVector s3 = s0;
      int column = head * rows.headStride + i;
      for (int t = 0; t < count; t++) {
        int at = offsets[t] + column;
        FloatVector weight = broadcast(weights[w + t]);
        s0 = load(values, at).fma(weight, s0);
        s1 = load(values, at + STEP).fma(weight, s1);
        s2 = load(values, at + 2 * STEP).fma(weight, s2);
        s3 = load(values, at + 3 * STEP).fma(weight, s3);
      }
      s0.intoArray(block.contexts, out + i);
      s1.intoArray(block.contexts, out + i + STEP);
      s2.intoArray(block.contexts, out + i + 2 * STEP);
      s3.intoArray(block.contexts, out + i + 3 * STEP);
    }
    for (; i + STEP <= block.headWidth; i += STEP) {
      FloatVector sum = FloatVector.zero(LANES);
      int column = head * rows.headStride + i;
      for (int t = 0; t < count; t++) {
        sum = load(values, offsets[t] + column).fma(broadcast(weights[w + t]), sum);
      }
      sum.intoArray(block.contexts, out + i);
    }
    for (; i < block.headWidth; i++) {
      float sum = 0;
      int column = head * rows.headStride + i;
      for (int t = 0; t < count; t++) {
        sum += weights[w + t] * values[offsets[t] + column];
      }
      block.contexts[out + i] = sum;
    }
  }

  private static FloatVector load(float[] array, int at) {
    return FloatVector.fromArray(LANES, array, at);
  }

  private static FloatVector broadcast(float value) {
    return FloatVector.broadcast(LANES, value);
  }
}
