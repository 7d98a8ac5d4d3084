package dev.dragoman.device.cpu;

import dev.dragoman.device.DataType;
import dev.dragoman.device.KeyValueCache;
import dev.dragoman.device.Shape;
import dev.dragoman.device.Tensor;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Keys, or values, in a Java array, where the vector unit reads them in place. Within a block the
 * numbers stand head by head, so that a query which passes over one head reads memory in sequence.
 * The array grows with the blocks that are in use at a time, up to the cache's shape.
 */
final class CpuCache implements CpuRows {
  /**
   * One position of so many has memory from the beginning: hypotheses are far shorter than the
   * longest allowed.
   */
  private static final int SHARE_AT_START = 64;

  /** So many have it in any case. */
  private static final int POSITIONS_AT_START = 512;

  /** How the numbers of a head stand in a block. */
  private enum Order {
    /** All numbers of a position together. */
    BY_POSITION,
    /**
     * The same dimension of all positions together: keys, where queries see all positions of a
     * block.
     */
    BY_DIMENSION
  }

  private final Blocks blocks;
  private final Order order;
  private final Shape shape;
  private final int heads;
  private final AtomicLong bytesHeld;
  private final float[] rows;
  private float[] numbers;

  private CpuCache(Blocks blocks, Order order, Shape shape, int heads, AtomicLong bytesHeld) {
    this.blocks = blocks;
    this.order = order;
    this.rows = new float[Blocks.SIZE * shape.columns()];
    this.shape = shape;
    this.heads = heads;
    this.bytesHeld = bytesHeld;
    int share = (blocks.count() + SHARE_AT_START - 1) / SHARE_AT_START;
    int least = Math.min(blocks.count(), POSITIONS_AT_START / Blocks.SIZE);
    this.numbers = new float[Math.max(share, least) * blockSize()];
    bytesHeld.addAndGet(bytes());
  }

  /** Keys and values of hypotheses; each query sees positions of its own. */
  static KeyValueCache ofPast(Shape shape, int heads, AtomicLong bytesHeld) {
    return keysAndValues(Order.BY_POSITION, shape, heads, bytesHeld);
  }

  /** Keys and values of sentences, which are seen as a whole. */
  static KeyValueCache ofSources(Shape shape, int heads, AtomicLong bytesHeld) {
    return keysAndValues(Order.BY_DIMENSION, shape, heads, bytesHeld);
  }

  /** Keys and values that lie at the same places. */
  private static KeyValueCache keysAndValues(
      Order ofKeys, Shape shape, int heads, AtomicLong bytesHeld) {
    Blocks blocks = new Blocks(shape.rows());
    return new KeyValueCache(
        new CpuCache(blocks, ofKeys, shape, heads, bytesHeld),
        new CpuCache(blocks, Order.BY_POSITION, shape, heads, bytesHeld));
  }

  static CpuCache of(Tensor tensor) {
    return (CpuCache) tensor;
  }

  float[] numbers() {
    return numbers;
  }

  /** Where a block of positions begins. */
  int offsetOfBlock(int block) {
    return blocks.placeOf(block * Blocks.SIZE) / Blocks.SIZE * blockSize();
  }

  /** Where the first number of a position stands. */
  int offset(int position) {
    int inBlock = position % Blocks.SIZE;
    return offsetOfBlock(position / Blocks.SIZE)
        + (order == Order.BY_POSITION ? inBlock * headWidth() : inBlock);
  }

  /** From one head of a position to the next. */
  int headStride() {
    return Blocks.SIZE * headWidth();
  }

  /** Copies row {@code row} of a tensor to a position. */
  void write(int position, CpuTensor from, int row) {
    from.read(row, rows, 0);
    write(position, rows, 0);
  }

  /** Copies rows of a tensor to positions that follow each other. */
  void write(int position, CpuTensor from, int row, int count) {
    int done = 0;
    while (done < count) {
      int inBlock = Math.min(count - done, Blocks.SIZE - (position + done) % Blocks.SIZE);
      for (int i = 0; i < inBlock; i++) {
        from.read(row + done + i, rows, i * shape.columns());
      }
      if (order == Order.BY_DIMENSION) {
        transpose(position + done, inBlock);
      } else {
        for (int i = 0; i < inBlock; i++) {
          write(position + done + i, rows, i * shape.columns());
        }
      }
      done += inBlock;
    }
  }

  /** Writes the first {@code count} of {@link #rows} to positions of one block. */
  private void transpose(int position, int count) {
    int first = place(position);
    int width = shape.columns();
    float[] from = rows;
    float[] to = numbers;
    for (int column = 0; column < width; column++) {
      int at = first + column * Blocks.SIZE; // heads follow each other
      for (int i = 0; i < count; i++) {
        to[at + i] = from[i * width + column];
      }
    }
  }

  /** What lies between two positions is not read again. */
  void release(int first, int end) {
    blocks.release(first, end);
  }

  @Override
  public void write(int position, float[] from, int at) {
    int first = place(position);
    for (int head = 0; head < heads; head++) {
      int part = at + head * headWidth();
      int to = first + head * headStride();
      if (order == Order.BY_POSITION) {
        System.arraycopy(from, part, numbers, to, headWidth());
      } else {
        for (int i = 0; i < headWidth(); i++) {
          numbers[to + i * Blocks.SIZE] = from[part + i];
        }
      }
    }
  }

  @Override
  public void read(int position, float[] to, int at) {
    if (!blocks.isWritten(position)) {
      Arrays.fill(to, at, at + shape.columns(), 0);
      return;
    }
    int step = order == Order.BY_POSITION ? 1 : Blocks.SIZE;
    for (int head = 0; head < heads; head++) {
      int from = offset(position) + head * headStride();
      for (int i = 0; i < headWidth(); i++) {
        to[at + head * headWidth() + i] = numbers[from + i * step];
      }
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
