package dev.dragoman.device.cpu;

import dev.dragoman.device.DataType;
import dev.dragoman.device.KeyValueCache;
import dev.dragoman.device.Shape;
import dev.dragoman.device.Tensor;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Keys, or values, in a Java array, where the vector unit reads them in place. Within a block the
 * numbers stand head by head, so that a query which passes over one head reads memory in sequence:
 * that, not arithmetic, is what attention to a cache costs. The array grows with the blocks that
 * are in use at a time, up to the cache's shape.
 */
final class CpuCache implements CpuRows {
  /**
   * One position of so many has memory from the beginning: hypotheses are far shorter than the
   * longest allowed.
   */
  private static final int SHARE_AT_START = 8;

  /** So many have it in any case: a cache of sources is whole. */
  private static final int POSITIONS_AT_START = 8192;

  private final Blocks blocks;
  private final Shape shape;
  private final int heads;
  private final AtomicLong bytesHeld;
  private float[] numbers;

  private CpuCache(Blocks blocks, Shape shape, int heads, AtomicLong bytesHeld) {
    this.blocks = blocks;
    this.shape = shape;
    this.heads = heads;
    this.bytesHeld = bytesHeld;
    int share = (blocks.count() + SHARE_AT_START - 1) / SHARE_AT_START;
    int least = Math.min(blocks.count(), POSITIONS_AT_START / Blocks.SIZE);
    this.numbers = new float[Math.max(share, least) * blockSize()];
    bytesHeld.addAndGet(bytes());
  }

  /** Keys and values that lie at the same places. */
  static KeyValueCache keysAndValues(Shape shape, int heads, AtomicLong bytesHeld) {
    Blocks blocks = new Blocks(shape.rows());
    return new KeyValueCache(
        new CpuCache(blocks, shape, heads, bytesHeld),
        new CpuCache(blocks, shape, heads, bytesHeld));
  }

  static CpuCache of(Tensor tensor) {
    return (CpuCache) tensor;
  }

  float[] numbers() {
    return numbers;
  }

  /** Where the first head of a position begins. */
  int offset(int position) {
    int place = blocks.placeOf(position);
    return place / Blocks.SIZE * blockSize() + place % Blocks.SIZE * headWidth();
  }

  /** From one head of a position to the next. */
  int headStride() {
    return Blocks.SIZE * headWidth();
  }

  /** Copies row {@code row} of a tensor to a position. */
  void write(int position, CpuTensor from, int row) {
    int at = place(position);
    for (int head = 0; head < heads; head++) {
      from.read(row, head * headWidth(), headWidth(), numbers, at + head * headStride());
    }
  }

  /** What lies between two positions is not read again. */
  void release(int first, int end) {
    blocks.release(first, end);
  }

  @Override
  public void write(int position, float[] from, int at) {
    int to = place(position);
    for (int head = 0; head < heads; head++) {
      int part = at + head * headWidth();
      System.arraycopy(from, part, numbers, to + head * headStride(), headWidth());
    }
  }

  @Override
  public void read(int position, float[] to, int at) {
    if (!blocks.isWritten(position)) {
      Arrays.fill(to, at, at + shape.columns(), 0);
      return;
    }
    int from = offset(position);
    for (int head = 0; head < heads; head++) {
      int part = at + head * headWidth();
      System.arraycopy(numbers, from + head * headStride(), to, part, headWidth());
    }
  }

  @Override
  public DataType type() {
    return DataType.F32;
  }

  @Override
  public Shape shape() {
    return shape;
  }

  @Override
  public Tensor rows(int first, int count) {
    throw new UnsupportedOperationException("a cache has no views");
  }

  @Override
  public Tensor columns(int first, int count) {
    throw new UnsupportedOperationException("a cache has no views");
  }

  @Override
  public String toString() {
    return "cache " + shape;
  }

  /** Makes sure that the position has a place, and gives its offset. */
  private int place(int position) {
    blocks.take(position);
    int needed = blocks.used() * blockSize();
    if (needed > numbers.length) {
      long before = bytes();
      int most = blocks.count() * blockSize();
      numbers = Arrays.copyOf(numbers, Math.min(most, Math.max(needed, 2 * numbers.length)));
      bytesHeld.addAndGet(bytes() - before);
    }
    return offset(position);
  }

  private int headWidth() {
    return shape.columns() / heads;
  }

  private int blockSize() {
    return Blocks.SIZE * shape.columns();
  }

  private long bytes() {
    return (long) numbers.length * Float.BYTES;
  }
}
