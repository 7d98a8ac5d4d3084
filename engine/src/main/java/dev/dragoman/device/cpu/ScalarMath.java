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
  public void add(Row x, Row y, Row out, int n) {
    for (int i = 0; i < n; i++) {
      out.array()[out.at() + i] = x.array()[x.at() + i] + y.array()[y.at() + i];
    }
  }

  @Override
  public void scaleAdd(Row x, float scale, Row y, Row out, int n) {
    for (int i = 0; i < n; i++) {
      out.array()[out.at() + i] = x.array()[x.at() + i] * scale + y.array()[y.at() + i];
    }
  }

  @Override
  public void normalize(Row x, float[] gain, float[] bias, float epsilon, int n) {
    double mean = 0;
    for (int i = 0; i < n; i++) {
      mean += x.array()[x.at() + i];
    }
    mean /= n;
    double variance = 0;
    for (int i = 0; i < n; i++) {
      double difference = x.array()[x.at() + i] - mean;
      variance += difference * difference;
    }
    double inverse = 1 / Math.sqrt(variance / n + epsilon);
    for (int i = 0; i < n; i++) {
      double normal = (x.array()[x.at() + i] - mean) * inverse;
      x.array()[x.at() + i] = (float) (normal * gain[i] + bias[i]);
    }
  }

  @Override
  public float logSumExp(Row x, int n, float max) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += Math.exp(x.array()[x.at() + i] - max);
    }
    return (float) (max + Math.log(sum));
  }

  @Override
  public void best(Row x, int n, Best best) {
    for (int i = 0; i < n; i++) {
      best.offer(x.array()[x.at() + i], i);
    }
  }
}
