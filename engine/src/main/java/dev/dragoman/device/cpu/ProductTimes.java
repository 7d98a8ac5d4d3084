// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import static org.bytedeco.dnnl.global.dnnl.*;

import dev.dragoman.device.DataType;
import dev.dragoman.device.HostTensor;
import dev.dragoman.device.Shape;
import org.bytedeco.dnnl.dnnl_stream;

/**
 * Times a product by itself. What stands around it in a step is Java, which runs a hundred times
 * slower until it is compiled: the first second of a program says nothing about it.
 */
final class ProductTimes {
  private static final int LEAST_RUNS = 3;
  private static final double LEAST_SECONDS = 0.015;

  private ProductTimes() {}

  /** Seconds of the best of several products of so many rows with weights of outputs × inputs. */
  static double best(DataType precision, int rows, Shape weights) {
    dnnl_stream stream = OneDnn.stream();
    IntegerRange range = OneDnn.integerRange().orElse(IntegerRange.EIGHT_BITS);
    int outputs = weights.rows();
    HostTensor zeros = HostTensor.of("zeros", weights, new float[weights.size()]);
    PackedLinear packed;
    try (Packing packing = new Packing(precision, range, stream)) {
      packed = packing.pack(zeros, new float[outputs], outputs);
    }
    try {
      return best(Product.Problem.dense(precision, rows, packed.whole()), packed.whole(), stream);
    } finally {
      packed.close();
      dnnl_stream_destroy(stream);
    }
  }

  private static double best(Product.Problem shape, PackedSlice weights, dnnl_stream stream) {
    try (AlignedMemory x = AlignedMemory.words((long) shape.rows() * shape.inputs());
        AlignedMemory out = AlignedMemory.words((long) shape.rows() * shape.outputs());
        Product product = new Product(shape, weights)) {
      long begin = System.nanoTime();
      long end = begin;
      long best = Long.MAX_VALUE; // what disturbs a run makes it longer, never shorter
      for (int run = 0; run < LEAST_RUNS || end - begin < LEAST_SECONDS * 1e9; run++) {
        long before = end;
        product.run(x.bytes(), weights, out.bytes(), stream);
        OneDnn.check(dnnl_stream_wait(stream), "multiply");
        end = System.nanoTime();
        best = Math.min(best, end - before);
      }
      return best / 1e9;
    }
  }
}
