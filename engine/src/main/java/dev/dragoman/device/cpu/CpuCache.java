// SPDX-License-Identifier: Apache-2.0
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

  /** The positions that have memory in any case. */
  private static final int POSITIONS_AT_START = 512;

  /** The orders in which the numbers of a head stand in a block. */
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
  private final HeadFormat format;
  private final int heads;
  private final AtomicLong bytesHeld;
  private final float[] rows;
  private float[] numbers;

  private CpuCache(
      Blocks blocks, Order order, Shape shape, HeadFormat format, AtomicLong bytesHeld) {
    this.blocks = blocks;
    this.order = order;
    this.rows = new float[Blocks.SIZE * shape.columns()];
    this.shape = shape;
    this.format = format;
    this.heads = shape.columns() / format.width();
    this.bytesHeld = bytesHeld;
    int share = (blocks.count() + SHARE_AT_START - 1) / SHARE_AT_START;
    int least = Math.min(blocks.count(), POSITIONS_AT_START / Blocks.SIZE);
    this.numbers = new float[Math.max(share, least) * blockSize()];
    bytesHeld.addAndGet(bytes());
  }

  /** Keys and values of hypotheses; each query sees positions of its own. */
  static KeyValueCache ofPast(Shape shape, HeadFormat format, AtomicLong bytesHeld) {
    return keysAndValues(Order.BY_POSITION, shape, format, bytesHeld);
  }

  /** Keys and values of sentences, which are seen as a whole. */
  static KeyValueCache ofSources(Shape shape, HeadFormat format, AtomicLong bytesHeld) {
    return keysAndValues(Order.BY_DIMENSION, shape, format, bytesHeld);
  }

  /** Keys and values that lie at the same places. */
  private static KeyValueCache keysAndValues(
      Order ofKeys, Shape shape, HeadFormat format, AtomicLong bytesHeld) {
    Blocks blocks = new Blocks(shape.rows());
    return new KeyValueCache(
        new CpuCache(blocks, ofKeys, shape, format, bytesHeld),
        new CpuCache(blocks, Order.BY_POSITION, shape, format, bytesHeld));
  }

  static CpuCache of(Tensor tensor) {
    return (CpuCache) tensor;
  }

  /** Returns the numbers as the cache's format packs them. */
  float[] numbers() {
    return numbers;
  }

  /** Returns the inner loops that read them. */
  AttentionMath attention() {
    return format.attention();
  }

  /** Returns where a block of positions begins. */
  int offsetOfBlock(int block) {
    return blocks.placeOf(block * Blocks.SIZE) / Blocks.SIZE * blockSize();
  }

  /** Returns where the first number of a position stands. */
  int offset(int position) {
    int inBlock = position % Blocks.SIZE;
    return offsetOfBlock(position / Blocks.SIZE)
        + (order == Order.BY_POSITION ? inBlock * format.size() : inBlock);
  }

  /** Returns the distance from one head of a position to the next. */
  int headStride() {
    return Blocks.SIZE * format.size();
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
    int width = heads * format.size();
    float[] from = rows;
    float[] to = numbers;
    for (int i = 0; i < count; i++) {
      packHeads(from, i * shape.columns(), i * width);
    }
    for (int column = 0; column < width; column++) {
      int at = first + column * Blocks.SIZE; // heads follow each other
      for (int i = 0; i < count; i++) {
        to[at + i] = from[i * width + column];
      }
    }
  }

  /** Packs all heads of a row at this place of {@link #rows}. */
  private void packHeads(float[] from, int at, int packed) {
    for (int head = 0; head < heads; head++) {
      format.pack(from, at + head * format.width(), rows, packed + head * format.size());
    }
  }

  /** Gives back the blocks between two positions, which are not read again. */
  void release(int first, int end) {
    blocks.release(first, end);
  }

  @Override
  public void write(int position, float[] from, int at) {
    int first = place(position);
    if (order == Order.BY_POSITION) {
      for (int head = 0; head < heads; head++) {
        format.pack(from, at + head * format.width(), numbers, first + head * headStride());
      }
    } else {
      packHeads(from, at, 0);
      for (int i = 0; i < heads * format.size(); i++) {
        numbers[first + i * Blocks.SIZE] = rows[i];
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
      for (int i = 0; i < format.size(); i++) {
        rows[i] = numbers[from + i * step];
      }
      format.unpack(rows, 0, to, at + head * format.width());
    }
  }

  @Override
  public DataType type() {
    return format.type();
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

  private int blockSize() {
    return heads * headStride();
  }

  private long bytes() {
    return (long) numbers.length * Float.BYTES;
  }
}
