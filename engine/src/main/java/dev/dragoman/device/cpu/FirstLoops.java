// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import dev.dragoman.device.DataType;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Begins with {@link LaneMath} and changes over to {@link SimdMath}, which gives the same bits,
 * when there is enough to do: Java runs vectors slowly until it has compiled all that they consist
 * of, and a job of a few lines ends before.
 */
final class FirstLoops implements VectorMath {
  /**
   * The logits after which there may be many more: a hundred lines of the bundled model with a beam
   * of 4 have 50 million.
   */
  static final long LOGITS = 60_000_000;

  private final VectorMath vectors;
  private final long most;
  private final AtomicLong logits = new AtomicLong();
  private volatile VectorMath current;

  /**
   * Takes loops first, then vectors.
   *
   * @param most logits that loops see
   */
  FirstLoops(VectorMath loops, VectorMath vectors, long most) {
    this.vectors = vectors;
    this.most = most;
    this.current = loops;
  }

  /** Logits that loops see at most. */
  long most() {
    return most;
  }

  /** Attention by the loops or the vectors, whichever are current. */
  private final class First implements AttentionMath {
    private VectorMath of = current;
    private AttentionMath attention = of.attention();

    /** Returns what is current; only one thread calls this. */
    private AttentionMath current() {
      if (of != current) {
        of = current;
        attention = of.attention();
      }
      return attention;
    }

    @Override
    public void scores(QueryBlock block, float[] keys, int at, int column) {
      current().scores(block, keys, at, column);
    }

    @Override
    public void scores(QueryBlock block, int query, float[] keys, KeyRows rows) {
      current().scores(block, query, keys, rows);
    }

    @Override
    public void softmax(QueryBlock block) {
      current().softmax(block);
    }

    @Override
    public void weightedSums(QueryBlock block, float[] values, KeyRows rows) {
      current().weightedSums(block, values, rows);
    }

    @Override
    public void weightedSum(QueryBlock block, int query, float[] values, KeyRows rows) {
      current().weightedSum(block, query, values, rows);
    }
  }

  @Override
  public AttentionMath attention() {
    return new First();
  }

  /** {@inheritDoc} Pairs are read by vectors from the beginning. */
  @Override
  public HeadFormat cached(DataType precision, int headWidth) {
    HeadFormat format = vectors.cached(precision, headWidth);
    return format.type() == DataType.F32 ? new PlainHeads(headWidth, attention()) : format;
  }

  @Override
  public void multiply(WordBlock block) {
    current.multiply(block);
  }

  @Override
  public void add(float[] x, int at, float[] y, int n) {
    current.add(x, at, y, n);
  }

  @Override
  public void scaleAdd(float[] x, float scale, float[] y, int n) {
    current.scaleAdd(x, scale, y, n);
  }

  @Override
  public float magnitude(float[] x, int n) {
    return current.magnitude(x, n);
  }

  @Override
  public void quantize(float[] x, int n, float scale, int offset, byte[] out) {
    current.quantize(x, n, scale, offset, out);
  }

  @Override
  public void normalize(float[] x, Norm norm) {
    current.normalize(x, norm);
  }

  @Override
  public float sumExp(float[] x, int n, float max) {
    VectorMath math = current;
    if (math != vectors && logits.addAndGet(n) > most) {
      current = vectors;
    }
    return math.sumExp(x, n, max);
  }

  @Override
  public void best(float[] x, int n, int first, Best best) {
    current.best(x, n, first, best);
  }
}
