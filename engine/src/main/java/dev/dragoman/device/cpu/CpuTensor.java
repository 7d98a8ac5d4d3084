// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import dev.dragoman.device.DataType;
import dev.dragoman.device.Shape;
import dev.dragoman.device.Tensor;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * A matrix: element (r, c) is at offset + r·stride + c of its storage. Float32 lies in native
 * memory, where oneDNN finds it; integers lie in Java arrays.
 */
final class CpuTensor implements CpuRows {
  private final Storage storage;
  private final int offset;
  private final int stride;
  private final Shape shape;
  private final FloatPointer pointer;

  /** The place of the numbers: native memory, which the buffer shows, or the array. */
  private record Storage(FloatPointer memory, FloatBuffer buffer, int[] ints) {}

  private CpuTensor(Storage storage, int offset, int stride, Shape shape) {
    this.storage = storage;
    this.offset = offset;
    this.stride = stride;
    this.shape = shape;
    this.pointer = storage.memory == null ? null : storage.memory.getPointer(offset);
  }

  /** Returns an F32 tensor over native memory, which the caller closes. */
  static CpuTensor over(AlignedMemory memory, Shape shape) {
    Storage storage = new Storage(memory.floats(), memory.floatBuffer(), null);
    return new CpuTensor(storage, 0, shape.columns(), shape);
  }

  /** Returns an I32 tensor. */
  static CpuTensor ints(Shape shape) {
    return new CpuTensor(new Storage(null, null, new int[shape.size()]), 0, shape.columns(), shape);
  }

  static CpuTensor of(Tensor tensor) {
    return (CpuTensor) tensor;
  }

  /** Returns the numbers of a tensor of integers, which is not a view of later rows. */
  static int[] ints(Tensor tensor) {
    return of(tensor).storage.ints;
  }

  @Override
  public DataType type() {
    return storage.ints == null ? DataType.F32 : DataType.I32;
  }

  @Override
  public Shape shape() {
    return shape;
  }

  /** Returns where row {@code row} begins in the storage. */
  int at(int row) {
    return offset + row * stride;
  }

  /** Returns the distance from one row to the next. */
  int stride() {
    return stride;
  }

  /** Returns the first element of row {@code row}, in native memory. */
  FloatPointer pointer(int row) {
    return row == 0 ? pointer : pointer.getPointer((long) row * stride);
  }

  /** Returns the first number of row {@code row}. */
  float get(int row) {
    return storage.buffer.get(at(row));
  }

  /** Sets the first number of row {@code row}. */
  void set(int row, float number) {
    storage.buffer.put(at(row), number);
  }

  @Override
  public void read(int row, float[] to, int at) {
    storage.buffer.get(at(row), to, at, shape.columns());
  }

  /** Writes the products of the block's row {@code of} to the columns of their words. */
  void scatter(int row, WordBlock block, int of) {
    int at = at(row);
    int from = of * WordBlock.MOST;
    for (int j = 0; j < block.count; j++) {
      storage.buffer.put(at + block.words[block.first + j], block.out[from + j]);
    }
  }

  /** Copies the numbers of row {@code row} at the columns of a slot's words. */
  void gather(int row, ShortlistArrays shortlists, int slot, float[] to) {
    int at = at(row);
    int first = shortlists.first(slot);
    int[] words = shortlists.words();
    for (int j = 0; j < shortlists.count(slot); j++) {
      to[j] = storage.buffer.get(at + words[first + j]);
    }
  }

  /** Copies a vector, a tensor of one column, into {@code to}. */
  void readVector(float[] to) {
    storage.buffer.get(offset, to, 0, shape.rows());
  }

  @Override
  public void write(int row, float[] from, int at) {
    storage.buffer.put(at(row), from, at, shape.columns());
  }

  @Override
  public CpuTensor rows(int first, int count) {
    if (first < 0 || count < 0 || first + count > shape.rows()) {
      throw new IllegalArgumentException(
          "rows " + first + " to " + (first + count) + " of " + shape);
    }
    Shape view = new Shape(count, shape.columns());
    return new CpuTensor(storage, offset + first * stride, stride, view);
  }

  @Override
  public CpuTensor columns(int first, int count) {
    if (first < 0 || count < 0 || first + count > shape.columns()) {
      throw new IllegalArgumentException(
          "columns " + first + " to " + (first + count) + " of " + shape);
    }
    return new CpuTensor(storage, offset + first, stride, new Shape(shape.rows(), count));
  }

  @Override
  public String toString() {
    return type() + " " + shape;
  }
}
