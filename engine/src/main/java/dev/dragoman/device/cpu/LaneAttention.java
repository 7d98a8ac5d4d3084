package dev.dragoman.device.cpu;

/** What {@link SimdAttention} computes, to the bit, in loops as those of {@link LaneMath}. */
final class LaneAttention implements AttentionMath {
  /** Sums of a query that is not one of four. */
  private static final int TURNS = 4;

  private final int lanes;
  private final float[] sums;
  private final float[] turns = new float[TURNS * Blocks.SIZE];

  /** With so many lanes, a power of two. */
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

  private static void scoresInOneSum(QueryBlock block, int query, float[] keys, int at, int out) {
    float[] scores = block.weights;
    for (int key = 0; key < Blocks.SIZE; key++) {
      scores[out + key] = 0;
    }
    for (int i = 0; i < block.headWidth; i++) {
      addProducts(block.queries[query + i], keys, at + i * Blocks.SIZE, scores, out);
    }
  }

  private void scoresInFourSums(QueryBlock block, int query, float[] keys, int at, int out) {
    float[] v = turns;
    LaneMath.clear(v);
    int whole = block.headWidth / TURNS * TURNS;
    for (int i = 0; i < block.headWidth; i++) {
      int turn = i < whole ? i % TURNS : 0;
      addProducts(block.queries[query + i], keys, at + i * Blocks.SIZE, v, turn * Blocks.SIZE);
    }
    int size = Blocks.SIZE;
    for (int key = 0; key < size; key++) {
      float left = v[key] + v[size + key];
      float right = v[2 * size + key] + v[3 * size + key];
      block.weights[out + key] = left + right;
    }
  }

  /** sums ← sums + number · keys, for a block of keys. */
  private static void addProducts(float number, float[] keys, int at, float[] to, int out) {
    for (int key = 0; key < Blocks.SIZE; key++) {
      to[out + key] = Math.fma(keys[at + key], number, to[out + key]);
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

  /** Over whole vectors: what is not seen in them counts for nothing. */
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
  public void weightedSums(QueryBlock block, float[] values, KeyRows rows) {
    for (int query = 0; query < block.count; query++) {
      weightedSum(block, query, values, rows);
    }
  }

  @Override
  public void weightedSum(QueryBlock block, int query, float[] values, KeyRows rows) {
    int whole = block.headWidth / lanes * lanes;
    for (int head = 0; head < block.heads; head++) {
      int weights = block.weights(query, head) + block.first;
      int out = block.part(query, head);
      for (int i = 0; i < block.headWidth; i++) {
        block.contexts[out + i] = 0;
      }
      for (int t = 0; t < rows.count; t++) {
        int value = rows.offsets[t] + head * rows.headStride;
        float weight = block.weights[weights + t];
        addProducts(weight, values, value, whole, block.contexts, out);
        for (int i = whole; i < block.headWidth; i++) {
          block.contexts[out + i] += weight * values[value + i];
        }
      }
    }
  }

  /** sums ← sums + weight · values, for so many of a head. */
  private static void addProducts(
      float weight, float[] values, int at, int count, float[] to, int out) {
    for (int i = 0; i < count; i++) {
      to[out + i] = Math.fma(values[at + i], weight, to[out + i]);
    }
  }
}
