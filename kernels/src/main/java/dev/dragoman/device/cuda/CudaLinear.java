package dev.dragoman.device.cuda;

import dev.dragoman.device.Linear;

/**
 * The weights of a product on a GPU.
 *
 * @param weights outputs × inputs, in the precision of products
 * @param bias outputs × 1, F32
 * @param hasBias whether any bias is not zero
 */
record CudaLinear(CudaTensor weights, CudaTensor bias, boolean hasBias) implements Linear {

  static CudaLinear of(Linear linear) {
    if (linear instanceof CudaLinear here) {
      return here;
    }
    throw new IllegalArgumentException("weights of another device: " + linear);
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
