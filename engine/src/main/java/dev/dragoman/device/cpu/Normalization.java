// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import dev.dragoman.device.LayerNorm;
import dev.dragoman.device.Tensor;

/** Layer normalization (Ba et al. 2016) and the residual sum before it, row by row. */
final class Normalization {
  private final VectorMath math;
  private float[] row = new float[0];
  private float[] addend = new float[0];
  private float[] sumBias = new float[0];
  private float[] gain = new float[0];
  private float[] bias = new float[0];
  private VectorMath.Norm numbers;

  Normalization(VectorMath math) {
    this.math = math;
  }

  void norm(CpuTensor x, LayerNorm norm, CpuTensor out) {
    VectorMath.Norm loaded = load(norm, out.shape().columns());
    for (int i = 0; i < out.shape().rows(); i++) {
      x.read(i, row, 0);
      math.normalize(row, loaded);
      out.write(i, row, 0);
    }
  }

  /** x + bias + residual. */
  record Sum(CpuTensor x, CpuTensor bias, CpuTensor residual) {
    static Sum of(Tensor x, Tensor bias, Tensor residual) {
      return new Sum(CpuTensor.of(x), CpuTensor.of(bias), CpuTensor.of(residual));
    }

    /** Tells whether the terms have the shape of their sum. */
    boolean fits(Tensor out) {
      return x.shape().equals(residual.shape())
          && x.shape().equals(out.shape())
          && bias.shape().rows() == x.shape().columns();
    }
  }

  void add(Sum sum, CpuTensor out) {
    int width = out.shape().columns();
    reserve(width);
    sum.bias.readVector(sumBias);
    for (int i = 0; i < out.shape().rows(); i++) {
      sum(sum, i, width);
      out.write(i, row, 0);
    }
  }

  void addNorm(Sum sum, LayerNorm norm, CpuTensor out) {
    int width = out.shape().columns();
    VectorMath.Norm loaded = load(norm, width);
    sum.bias.readVector(sumBias);
    for (int i = 0; i < out.shape().rows(); i++) {
      sum(sum, i, width);
      math.normalize(row, loaded);
      out.write(i, row, 0);
    }
  }

  private void sum(Sum sum, int i, int width) {
    sum.x.read(i, row, 0);
    math.add(row, 0, sumBias, width);
    sum.residual.read(i, addend, 0);
    math.add(row, 0, addend, width);
  }

  private VectorMath.Norm load(LayerNorm norm, int width) {
    reserve(width);
    CpuTensor.of(norm.gain()).readVector(gain);
    CpuTensor.of(norm.bias()).readVector(bias);
    if (numbers == null
        || numbers.gain() != gain
        || numbers.epsilon() != norm.epsilon()
        || numbers.width() != width) { // most models have one size of norms
      numbers = new VectorMath.Norm(gain, bias, norm.epsilon(), width);
    }
    return numbers;
  }

  private void reserve(int width) {
    if (row.length < width) {
      row = new float[width];
      addend = new float[width];
      sumBias = new float[width];
      gain = new float[width];
      bias = new float[width];
    }
  }
}
