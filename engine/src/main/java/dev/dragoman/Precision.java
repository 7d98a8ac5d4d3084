// SPDX-License-Identifier: Apache-2.0
package dev.dragoman;

import dev.dragoman.device.DataType;
import java.util.Optional;

/**
 * The type of the products, and on a GPU of what lies between them; sums, norms and softmax are
 * float32.
 */
public enum Precision {
  /** The device takes what it does best without a loss that shows. */
  AUTO(null),
  /** IEEE 754 binary32, the reference. */
  FLOAT32(DataType.F32),
  /** bfloat16 products with float32 sums. */
  BFLOAT16(DataType.BF16),
  /**
   * 8-bit integers with exact sums and a scale for each row and each output, on GPUs and on x86-64
   * processors; on a GPU all else is then float16.
   */
  INT8(DataType.I8),
  /** IEEE 754 binary16 products with float32 sums, on GPUs. */
  FLOAT16(DataType.F16);

  private final DataType type;

  Precision(DataType type) {
    this.type = type;
  }

  /** Returns the type of the products; empty where the device takes its own. */
  public Optional<DataType> type() {
    return Optional.ofNullable(type);
  }
}
