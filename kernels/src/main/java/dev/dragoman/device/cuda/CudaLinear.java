// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import dev.dragoman.device.DataType;
import dev.dragoman.device.Linear;
import java.util.Optional;

/**
 * The weights of a product on a GPU.
 *
 * @param weights outputs × inputs, in the precision of products
 * @param scales outputs × 1, F32, of weights that are 8-bit integers: what a step of each output's
 *     is worth
 * @param bias outputs × 1, F32
 * @param roundedBias the bias in the type of the weights, where that is half of F32's bits
 * @param hasBias whether any bias is not zero
 */
record CudaLinear(
    CudaTensor weights,
    Optional<CudaTensor> scales,
    CudaTensor bias,
    CudaTensor roundedBias,
    boolean hasBias)
    implements Linear {

  static CudaLinear of(Linear linear) {
    if (linear instanceof CudaLinear here) {
      return here;
    }
    throw new IllegalArgumentException("weights of another device: " + linear);
  }

  /**
   * Returns the type of what is multiplied by weights of a precision, and of all between products.
   */
  static DataType activations(DataType precision) {
    return precision == DataType.I8 ? DataType.F16 : precision;
  }

  /** Returns the type of what these weights are multiplied by. */
  DataType activations() {
    return activations(weights.type());
  }

  /** Returns the bias in this type: F32, or that of the activations. */
  CudaTensor biasIn(DataType type) {
    return type == bias.type() ? bias : roundedBias;
  }

  /** Returns the weights as integers with their scales. */
  Quantizer.Rows quantized() {
    return new Quantizer.Rows(weights, scales.orElseThrow());
  }

  @Override
  public int inputs() {
    return weights.width();
  }

  @Override
  public int outputs() {
    return weights.count();
  }
}
