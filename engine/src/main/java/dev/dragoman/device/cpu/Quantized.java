package dev.dragoman.device.cpu;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.javacpp.BytePointer;

/** A few rows of float32 as 8-bit integers, each row with its scale, for {@link Product}. */
final class Quantized implements AutoCloseable {
  /** The largest number of a row becomes this, so that both signs have as many steps. */
  static final int STEPS = 127;

  private final VectorMath math;
  private final AtomicLong bytesHeld;
  private final float[] scales;
  private BytePointer memory = new BytePointer();
  private ByteBuffer buffer;
  private float[] row = new float[0];
  private byte[] integers = new byte[0];

  /**
   * Room for so many rows of any width.
   *
   * @param bytesHeld counts what it takes
   */
  Quantized(VectorMath math, int rows, AtomicLong bytesHeld) {
    this.math = math;
    this.scales = new float[rows];
    this.bytesHeld = bytesHeld;
  }

  /** Takes these rows; what it held before is gone. */
  void set(Products.Rows rows) {
    int columns = rows.matrix().shape().columns();
    reserve(columns);
    for (int i = 0; i < rows.count(); i++) {
      rows.matrix().read(rows.first() + i, row, 0);
      float most = math.magnitude(row, columns);
      scales[i] = most / STEPS;
      math.quantize(row, columns, most == 0 ? 0 : STEPS / most, integers);
      buffer.put(i * columns, integers, 0, columns);
    }
  }

  /** rows × columns, dense. */
  BytePointer memory() {
    return memory;
  }

  /** What a step of row {@code i} is worth. */
  float scale(int i) {
    return scales[i];
  }

  private void reserve(int columns) {
    if (row.length >= columns) {
      return;
    }
    close();
    row = new float[columns];
    integers = new byte[columns];
    memory = new BytePointer((long) scales.length * columns);
    buffer = memory.asBuffer();
    bytesHeld.addAndGet(memory.capacity());
  }

  @Override
  public void close() {
    bytesHeld.addAndGet(-memory.capacity());
    memory.close();
    memory = new BytePointer();
  }
}
