package dev.dragoman.device;

/** How the numbers of a tensor are stored. */
public enum DataType {
  /** IEEE 754 binary32. */
  F32(4),
  /** IEEE 754 binary16. */
  F16(2),
  /** The upper half of a binary32. */
  BF16(2),
  /**
   * 8-bit integers from -127 to 127 with a float32 scale for each row: of products, not of tensors.
   */
  I8(1),
  /** 32-bit two's complement integers: token ids, positions, lengths. */
  I32(4);

  private final int bytes;

  DataType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of one number. */
  public int bytes() {
    return bytes;
  }
}
