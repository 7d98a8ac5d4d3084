// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

/** The types in which a tensor stores its numbers. */
public enum DataType {
  /** IEEE 754 binary32. */
  F32(4, "float32"),
  /** IEEE 754 binary16. */
  F16(2, "float16"),
  /** The upper half of a binary32. */
  BF16(2, "bfloat16"),
  /**
   * 8-bit integers from -127 to 127 with a float32 scale for each row: of products, not of tensors.
   */
  I8(1, "int8"),
  /** 32-bit two's complement integers: token ids, positions, lengths. */
  I32(4, "int32");

  private final int bytes;
  private final String label;

  DataType(int bytes, String label) {
    this.bytes = bytes;
    this.label = label;
  }

  /** Bytes of one number. */
  public int bytes() {
    return bytes;
  }

  /** Returns its usual name. */
  public String label() {
    return label;
  }
}
