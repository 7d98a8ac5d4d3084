package dev.dragoman.device.cpu;

import dev.dragoman.device.DataType;
import dev.dragoman.device.Shape;
import dev.dragoman.device.Tensor;

/**
 * A matrix in a Java array: element (r, c) is at offset + r·stride + c. F32 in {@code floats}, I32
 * in {@code ints}.
 */
final class CpuTensor implements Tensor {
  private final float[] floats;
  private final int[] ints;
  private final int offset;
  private final int stride;
  private final Shape shape;

  private CpuTensor(float[] floats, int[] ints, int offset, int stride, Shape shape) {
    this.floats = floats;
    this.ints = ints;
    this.offset = offset;
    this.stride = stride;
    this.shape = shape;
  }

  static CpuTensor allocate(DataType type, Shape shape) {
    return switch (type) {
      case F32 -> new CpuTensor(new float[shape.size()], null, 0, shape.columns(), shape);
      case I32 -> new CpuTensor(null, new int[shape.size()], 0, shape.columns(), shape);
      default -> throw new IllegalArgumentException("the CPU holds F32 and I32, not " + type);
    };
  }

  static CpuTensor of(Tensor tensor) {
    return (CpuTensor) tensor;
  }

  /** The backing array of an I32 tensor that is not a view of some columns. */
  static int[] ints(Tensor tensor) {
    return of(tensor).ints;
  }

  /** The backing array of an F32 tensor. */
  static float[] floats(Tensor tensor) {
    return of(tensor).floats;
  }

  @Override
  public DataType type() {
    return floats != null ? DataType.F32 : DataType.I32;
  }

  @Override
  public Shape shape() {
    return shape;
  }

  /** Where row {@code row} begins in the backing array. */
  int at(int row) {
    return offset + row * stride;
  }

  boolean isContiguous() {
    return stride == shape.columns();
  }

  @Override
  public CpuTensor rows(int first, int count) {
    if (first < 0 || count < 0 || first + count > shape.rows()) {
      throw new IllegalArgumentException(
          "rows " + first + " to " + (first + count) + " of " + shape);
    }
    Shape view = new Shape(count, shape.columns());
    return new CpuTensor(floats, ints, offset + first * stride, stride, view);
  }

  @Override
  public CpuTensor columns(int first, int count) {
    if (first < 0 || count < 0 || first + count > shape.columns()) {
      throw new IllegalArgumentException(
          "columns " + first + " to " + (first + count) + " of " + shape);
    }
    return new CpuTensor(floats, ints, offset + first, stride, new Shape(shape.rows(), count));
  }

  @Override
  public String toString() {
    return type() + " " + shape;
  }
}
