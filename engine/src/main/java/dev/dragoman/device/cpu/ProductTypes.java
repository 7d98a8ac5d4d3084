// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import static org.bytedeco.dnnl.global.dnnl.*;

import dev.dragoman.device.DataType;

/**
 * oneDNN's types of what a product reads. Integers are as the instructions want them, x without and
 * the weights with a sign; sums are float32 when they are written.
 */
record ProductTypes(int x, int weights) {

  static ProductTypes of(DataType precision) {
    return switch (precision) {
      case BF16 -> new ProductTypes(dnnl_bf16, dnnl_bf16);
      case I8 -> new ProductTypes(dnnl_u8, dnnl_s8);
      default -> new ProductTypes(dnnl_f32, dnnl_f32);
    };
  }
}
