// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import dev.dragoman.device.DataType;
import dev.dragoman.device.HostTensor;
import dev.dragoman.device.Shape;
import java.util.Arrays;
import java.util.Optional;

/** Brings the weights of products onto a GPU. */
final class CudaPacking {
  private final Execution execution;
  private final DeviceMemory memory;
  private final CudaCopies copies;
  private final DataType precision;

  /**
   * Prepares to pack weights.
   *
   * @param memory where the weights stay until it is closed
   * @param precision of the products: F32, F16, BF16 or I8
   */
  CudaPacking(Execution execution, DeviceMemory memory, DataType precision) {
    this.execution = execution;
    this.memory = memory;
    this.copies = new CudaCopies(execution);
    this.precision = precision;
  }

  /** Packs weights, outputs × inputs, with their bias. */
  CudaLinear pack(HostTensor weight, float[] bias) {
    if (bias.length != weight.shape().rows()) {
      throw new IllegalArgumentException(
          weight.name() + ": " + weight.shape() + " with " + bias.length + " biases");
    }
    CudaTensor biases = upload(bias, DataType.F32);
    boolean isNarrow = precision == DataType.F16 || precision == DataType.BF16;
    CudaTensor rounded = isNarrow ? upload(bias, precision) : biases;
    boolean hasBias = false;
    for (float b : bias) {
      hasBias |= b != 0;
    }
    CudaLinear packed;
    if (precision == DataType.I8) {
      Quantizer.Rows integers = quantize(weight);
      packed =
          new CudaLinear(
              integers.integers(), Optional.of(integers.scales()), biases, rounded, hasBias);
    } else {
      packed = new CudaLinear(upload(weight), Optional.empty(), biases, rounded, hasBias);
    }
    execution.synchronize(); // forks read it on other streams
    return packed;
  }

  private CudaTensor upload(float[] vector, DataType type) {
    DevicePointer place = take((long) vector.length * type.bytes());
    CudaTensor uploaded = CudaTensor.contiguous(place, type, Shape.vector(vector.length));
    copies.upload(vector, uploaded);
    return uploaded;
  }

  private CudaTensor upload(HostTensor weight) {
    long bytes = (long) weight.shape().size() * precision.bytes();
    CudaTensor matrix = CudaTensor.contiguous(take(bytes), precision, weight.shape());
    copies.upload(weight.floats(), matrix);
    return matrix;
  }

  /** Quantizes weights on the GPU, in as many parts as the workspace makes necessary. */
  private Quantizer.Rows quantize(HostTensor weight) {
    int inputs = weight.shape().columns();
    int outputs = weight.shape().rows();
    Quantizer.Rows integers =
        Quantizer.in(take(outputs * Quantizer.bytesOfRow(inputs)), weight.shape());
    Quantizer quantizer = new Quantizer(execution);
    float[] numbers = weight.floats();
    long bytesOfRow = (long) inputs * Float.BYTES;
    int most = execution.workspaceRows(bytesOfRow);
    for (int first = 0; first < outputs; first += most) {
      int count = Math.min(most, outputs - first);
      DevicePointer place = execution.workspace(bytesOfRow * count);
      CudaTensor part = CudaTensor.contiguous(place, DataType.F32, new Shape(count, inputs));
      copies.upload(Arrays.copyOfRange(numbers, first * inputs, (first + count) * inputs), part);
      quantizer.quantize(part, integers.part(first, count));
    }
    return integers;
  }

  private DevicePointer take(long bytes) {
    execution.memory(); // outside of a recording, and with this thread's context
    return memory.take(bytes);
  }
}
