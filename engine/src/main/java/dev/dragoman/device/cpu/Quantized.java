// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.javacpp.BytePointer;

/** A few rows of float32 as 8-bit integers, each row with its scale, for {@link Product}. */
final class Quantized implements AutoCloseable {
  private final VectorMath math;
  private final IntegerRange range;
  private final float[] scales;
  private final Staging staging;
  private byte[] integers = new byte[0];
  private AlignedMemory memory;

  /**
   * Makes room for so many rows of any width.
   *
   * @param bytesHeld counts what it takes
   */
  Quantized(VectorMath math, IntegerRange range, int rows, AtomicLong bytesHeld) {
    this.math = math;
    this.range = range;
    this.scales = new float[rows];
    this.staging = new Staging(bytesHeld);
    this.memory = staging.reserve(0);
  }

  /** Quantizes row {@code i}: it becomes the first {@code columns} numbers of {@code row}. */
  void set(int i, float[] row, int columns) {
    if (integers.length < columns) {
      integers = new byte[columns];
    }
    memory = staging.reserve((long) scales.length * columns);
    float most = math.magnitude(row, columns);
    scales[i] = most / range.steps();
    math.quantize(row, columns, most == 0 ? 0 : range.steps() / most, range.offset(), integers);
    memory.byteBuffer().put(i * columns, integers, 0, columns);
  }

  /** rows × columns, dense. */
  BytePointer memory() {
    return memory.bytes();
  }

  /** Returns what a step of row {@code i} is worth. */
  float scale(int i) {
    return scales[i];
  }

  @Override
  public void close() {
    staging.close();
  }
}
