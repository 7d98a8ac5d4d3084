// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.tensors;

import dev.dragoman.device.HostTensor;
import dev.dragoman.device.Shape;
import dev.dragoman.model.ModelFormatException;
import dev.dragoman.model.TransformerWeights.Dense;
import dev.dragoman.model.TransformerWeights.Norm;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;

/** Takes tensors out of a file by name, once their shapes and numbers have been checked. */
public record WeightReader(TensorFile tensors) {

  /** PyTorch's layer normalization adds this to the variance. */
  public static final float EPSILON = 1e-5f;

  /** Longs that are looked at together. */
  private static final int BLOCK = 1 << 13;

  /** Returns whether the file has a tensor of this name. */
  public boolean has(String name) {
    return tensors.find(name).isPresent();
  }

  /**
   * Reads the tensor {@code name}.
   *
   * @throws ModelFormatException if it is missing, not rows × columns, or not finite
   */
  public HostTensor matrix(String name, int rows, int columns) {
    HostTensor tensor =
        tensors.find(name).orElseThrow(() -> wrong("tensor " + name + " is missing"));
    Shape shape = tensor.shape();
    if (shape.rows() != rows || shape.columns() != columns) {
      throw wrong(
          "tensor %s is %s, but the configuration makes it %dx%d"
              .formatted(name, shape, rows, columns));
    }
    if (!isFinite(tensor)) {
      throw wrong("tensor " + name + " has numbers that are infinite or not numbers");
    }
    return tensor;
  }

  /** Reads the tensor {@code name} as {@link #matrix} does, as a column of {@code size} numbers. */
  public HostTensor vector(String name, int size) {
    return matrix(name, size, 1);
  }

  /** Reads {@code name.weight} (outputs × inputs) and {@code name.bias}. */
  public Dense dense(String name, int outputs, int inputs) {
    return new Dense(matrix(name + ".weight", outputs, inputs), vector(name + ".bias", outputs));
  }

  /** Reads {@code name.weight} and {@code name.bias}. */
  public Norm norm(String name, int width) {
    return new Norm(vector(name + ".weight", width), vector(name + ".bias", width), EPSILON);
  }

  /** Makes the refusal of the file. */
  public ModelFormatException wrong(String what) {
    return new ModelFormatException(tensors.file() + ": " + what);
  }

  /**
   * Says whether all numbers are finite; infinities and NaN have every bit of the exponent set.
   * Eight bytes are looked at together: adding 1 to an exponent carries into the sign's place only
   * if every bit of it is set.
   */
  private static boolean isFinite(HostTensor tensor) {
    return switch (tensor.type()) {
      case F16 -> isFinite(tensor, 0x7c00_7c00_7c00_7c00L, 0x0400_0400_0400_0400L);
      case BF16 -> isFinite(tensor, 0x7f80_7f80_7f80_7f80L, 0x0080_0080_0080_0080L);
      case F32 -> isFinite(tensor, 0x7f80_0000_7f80_0000L, 0x0080_0000_0080_0000L);
      case I8, I32 -> true;
    };
  }

  private static boolean isFinite(HostTensor tensor, long exponents, long lowestBits) {
    ByteBuffer data = tensor.data().duplicate().order(ByteOrder.LITTLE_ENDIAN);
    LongBuffer longs = data.asLongBuffer();
    long[] block = new long[Math.min(BLOCK, longs.remaining())];
    long carries = 0;
    while (longs.hasRemaining()) { // one by one they take far longer before that is compiled
      int count = Math.min(block.length, longs.remaining());
      longs.get(block, 0, count);
      for (int i = 0; i < count; i++) {
        carries |= (block[i] & exponents) + lowestBits;
      }
    }
    long rest = 0;
    for (int i = data.limit() - 1; i >= data.limit() / Long.BYTES * Long.BYTES; i--) {
      rest = rest << Byte.SIZE | (data.get(i) & 0xff);
    }
    carries |= (rest & exponents) + lowestBits;
    long signs = ~exponents & (exponents + lowestBits);
    return (carries & signs) == 0;
  }
}
