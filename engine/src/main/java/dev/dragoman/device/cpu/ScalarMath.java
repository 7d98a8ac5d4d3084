package dev.dragoman.device.cpu;

/** The inner loops in plain Java, sums in double: the reference for {@link SimdMath}. */
final class ScalarMath implements VectorMath {

  @Override
  public void scores(Head head, float[] queries, int query, float[] keys, float[] out) {
    for (int t = 0; t < head.rows().count; t++) {
      int key = head.rows().offsets[t] + head.column();
      double sum = 0;
      for (int i = 0; i < head.width(); i++) {
        sum += queries[query + i] * keys[key + i];
      }
      out[t] = (float) sum;
    }
  }

  @Override
  public void softmax(float[] x, int count, float scale) {
    float max = Float.NEGATIVE_INFINITY;
    for (int t = 0; t < count; t++) {
      max = Math.max(max, x[t]);
    }
    double sum = 0;
    for (int t = 0; t < count; t++) {
      x[t] = (float) Math.exp((x[t] - max) * scale);
      sum += x[t];
    }
    for (int t = 0; t < count; t++) {
      x[t] = (float) (x[t] / sum);
    }
  }

  @Override
  public void weightedSum(Head head, float[] weights, float[] values, float[] out, int at) {
    for (int i = 0; i < head.width(); i++) {
      double sum = 0;
      for (int t = 0; t < head.rows().count; t++) {
        sum += weights[t] * values[head.rows().offsets[t] + head.column() + i];
      }
      out[at + i] = (float) sum;
    }
  }

  @Override
  public void multiply(WordBlock block) {
    int stride = block.weights.stride();
    for (int row = 0; row < block.rows; row++) {
      for (int j = 0; j < block.count; j++) {
        int word = block.words[block.first + j] * stride;
        double sum = 0;
        for (int i = 0; i < stride; i++) {
          sum += block.x[row * stride + i] * block.weights.numbers()[word + i];
        }
        block.out[row * WordBlock.MOST + j] = (float) sum;
      }
    }
  }

  @Override
  public void add(float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      x[i] += y[i];
    }
  }

  @Override
  public void scaleAdd(float[] x, float scale, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = x[i] * scale + y[i];
    }
  }

  @Override
  public float magnitude(float[] x, int n) {
    float most = 0;
    for (int i = 0; i < n; i++) {
      most = Math.max(most, Math.abs(x[i]));
    }
    return most;
  }

  @Override
  public void quantize(float[] x, int n, float scale, byte[] out) {
    for (int i = 0; i < n; i++) {
      out[i] = (byte) Math.rint(x[i] * scale);
    }
  }

  @Override
  public void normalize(float[] x, Norm norm) {
    double mean = 0;
    for (int i = 0; i < norm.width(); i++) {
      mean += x[i];
    }
    mean /= norm.width();
    double variance = 0;
    for (int i = 0; i < norm.width(); i++) {
      variance += (x[i] - mean) * (x[i] - mean);
    }
    variance /= norm.width();
    double inverse = 1 / Math.sqrt(variance + norm.epsilon());
    for (int i = 0; i < norm.width(); i++) {
      x[i] = (float) ((x[i] - mean) * inverse * norm.gain()[i] + norm.bias()[i]);
    }
  }

  @Override
  public float logSumExp(float[] x, int n, float max) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += Math.exp(x[i] - max);
    }
    return (float) (max + Math.log(sum));
  }

  @Override
  public void best(float[] x, int n, Best best) {
    for (int i = 0; i < n; i++) {
      best.offer(x[i], i);
    }
  }
}
