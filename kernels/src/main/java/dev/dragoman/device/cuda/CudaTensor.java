// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import dev.dragoman.device.DataType;
import dev.dragoman.device.Shape;
import dev.dragoman.device.Tensor;
import dev.dragoman.device.cuda.launch.Operand;
import jcuda.cudaDataType;

/**
 * A matrix in a GPU's memory.
 *
 * @param pointer where element (0, 0) is
 * @param stride elements from one row to the next
 */
record CudaTensor(DevicePointer pointer, DataType type, Shape shape, int stride)
    implements Tensor, Operand {

  /** Returns a matrix whose rows follow each other without gaps. */
  static CudaTensor contiguous(DevicePointer pointer, DataType type, Shape shape) {
    return new CudaTensor(pointer, type, shape, shape.columns());
  }

  static CudaTensor of(Tensor tensor) {
    if (tensor instanceof CudaTensor here) {
      return here;
    }
    throw new IllegalArgumentException("a tensor of another device: " + tensor);
  }

  @Override
  public long address() {
    return pointer.address();
  }

  int count() {
    return shape.rows();
  }

  int width() {
    return shape.columns();
  }

  boolean isContiguous() {
    return stride == shape.columns() || shape.rows() <= 1;
  }

  long bytes() {
    return (long) shape.size() * type.bytes();
  }

  /** Returns the suffix that kernels for this type have in their names: {@code f32}. */
  String suffix() {
    return suffix(type);
  }

  static String suffix(DataType type) {
    return switch (type) {
      case F32 -> "f32";
      case F16 -> "f16";
      case BF16 -> "bf16";
      default -> throw new IllegalArgumentException("there are no kernels for " + type);
    };
  }

  /** Returns the number that NVIDIA's libraries have for a type: a cudaDataType. */
  static int code(DataType type) {
    return switch (type) {
      case F16 -> cudaDataType.CUDA_R_16F;
      case BF16 -> cudaDataType.CUDA_R_16BF;
      default -> cudaDataType.CUDA_R_32F;
    };
  }

  @Override
  public CudaTensor rows(int first, int count) {
    if (first < 0 || count < 0 || first + count > shape.rows()) {
      throw new IllegalArgumentException(
          "rows " + first + " to " + (first + count) + " of " + shape);
    }
    return view((long) first * stride, new Shape(count, shape.columns()));
  }

  @Override
  public CudaTensor columns(int first, int count) {
    if (first < 0 || count < 0 || first + count > shape.columns()) {
      throw new IllegalArgumentException(
          "columns " + first + " to " + (first + count) + " of " + shape);
    }
    return view(first, new Shape(shape.rows(), count));
  }

  private CudaTensor view(long elements, Shape view) {
    return new CudaTensor(pointer.plus(elements * type.bytes()), type, view, stride);
  }

  @Override
  public String toString() {
    return shape + " " + type + (isContiguous() ? "" : " rows " + stride + " apart");
  }
}
