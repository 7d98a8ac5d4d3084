// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_destroy;

import dev.dragoman.device.DataType;
import dev.dragoman.device.HostTensor;
import dev.dragoman.device.Shape;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.dnnl.dnnl_stream;

/**
 * Finds out, with the largest numbers that there are, how wide integers may be for this processor's
 * products to be exact: some instructions cut off sums that 16 bits cannot hold, and no list of
 * processors is ever complete.
 */
final class IntegerCheck {
  /** A few, and many, since kernels differ. */
  private static final int[] ROWS = {2, 16, 128};

  private static final int INPUTS = 320;
  private static final int OUTPUTS = 48;
  private static final float LARGEST_WEIGHT = 127;

  private IntegerCheck() {}

  /** Returns the widest range with exact products, or none. */
  static Optional<IntegerRange> widestExact() {
    return Stream.of(IntegerRange.values()).filter(IntegerCheck::isExact).findFirst();
  }

  private static boolean isExact(IntegerRange range) {
    dnnl_stream stream = OneDnn.stream();
    float[] numbers = new float[OUTPUTS * INPUTS];
    for (int i = 0; i < numbers.length; i++) { // outputs of one sign in turns with those of another
      numbers[i] = i / INPUTS % 2 == 0 ? LARGEST_WEIGHT : -LARGEST_WEIGHT;
    }
    HostTensor weight = HostTensor.of("extreme weights", new Shape(OUTPUTS, INPUTS), numbers);
    PackedLinear packed;
    try (Packing packing = new Packing(DataType.I8, range, stream)) {
      packed = packing.pack(weight, new float[OUTPUTS], OUTPUTS);
    }
    boolean exact =
        Arrays.stream(ROWS).allMatch(rows -> isExact(range, packed.whole(), rows, stream));
    packed.close();
    dnnl_stream_destroy(stream);
    return exact;
  }

  private static boolean isExact(
      IntegerRange range, PackedSlice weights, int rows, dnnl_stream stream) {
    byte[] integers = new byte[rows * INPUTS];
    Arrays.fill(integers, (byte) range.most());
    Product.Problem shape = Product.Problem.dense(DataType.I8, rows, weights);
    float[] sums = new float[rows * OUTPUTS];
    try (AlignedMemory x = AlignedMemory.bytes(integers.length);
        AlignedMemory out = AlignedMemory.words(sums.length);
        Product product = new Product(shape, weights)) {
      x.byteBuffer().put(integers);
      product.run(x.bytes(), weights, out.bytes(), stream);
      out.floatBuffer().get(sums);
    }
    float expected = range.steps() * LARGEST_WEIGHT * INPUTS; // below 2²⁴, as are all sums before
    for (int i = 0; i < sums.length; i++) {
      if (sums[i] != (i % OUTPUTS % 2 == 0 ? expected : -expected)) {
        return false;
      }
    }
    return true;
  }
}
