// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import static org.bytedeco.dnnl.global.dnnl.dnnl_f32;

import dev.dragoman.device.Activation;
import dev.dragoman.device.DataType;
import dev.dragoman.device.Recording;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.bytedeco.javacpp.Pointer;

/** Products in float32 and in bfloat16 with float32 sums; the bias is fused. */
final class FloatProducts extends Products {
  private final VectorMath math;
  private final DataType precision;
  private final ProductTypes types;
  private final Conversions conversions;
  private final Elementwise elementwise;
  private final Staging narrow;
  private final Staging hidden;
  private final Staging results;

  /**
   * Products in F32 or BF16.
   *
   * @param bytesHeld counts the memory that intermediate results pass through
   */
  FloatProducts(VectorMath math, DataType precision, AtomicLong bytesHeld) {
    super(precision, IntegerRange.EIGHT_BITS);
    this.math = math;
    this.precision = precision;
    types = ProductTypes.of(precision);
    conversions = new Conversions(stream());
    elementwise = new Elementwise(stream());
    narrow = new Staging(bytesHeld);
    hidden = new Staging(bytesHeld);
    results = new Staging(bytesHeld);
  }

  /**
   * A matrix's place when it is needed, and its layout. Memory that operations share may have moved
   * since the last time.
   */
  private record Operand(Supplier<Pointer> memory, Product.Operand layout) {}

  @Override
  Runnable linear(Rows x, PackedLinear weights, Rows out) {
    Recording all = new Recording();
    all.add(conversion(x));
    for (PackedSlice slice : weights.slices()) {
      CpuTensor part = out.matrix().columns(slice.first(), slice.outputs());
      Operand to = plain(new Rows(part, out.first(), out.count()));
      all.add(product(source(x), slice, Activation.NONE, to, x.count()));
    }
    return all;
  }

  /**
   * {@inheritDoc}
   *
   * <p>An activation that is fused into a product costs up to a quarter of its speed on AVX2, so in
   * float32 it is an operation of its own, with the same bits. In bfloat16 it is fused: hidden
   * activations would be rounded twice otherwise.
   */
  @Override
  Runnable feedForward(Rows x, FeedForward layer, Rows out) {
    int rows = x.count();
    int inner = layer.first().outputs();
    Operand between = shared(hidden, types.x(), inner);
    Recording all = new Recording();
    all.add(conversion(x));
    if (precision == DataType.BF16) {
      all.add(product(source(x), layer.first(), layer.activation(), between, rows));
    } else {
      all.add(product(source(x), layer.first(), Activation.NONE, between, rows));
      all.add(elementwise.apply(layer.activation(), rows, inner, between.memory));
    }
    all.add(product(between, layer.second(), Activation.NONE, plain(out), rows));
    return all;
  }

  @Override
  SlicedProduct sliced(Rows x, PackedLinear weights) {
    List<Runnable> slices = new ArrayList<>();
    for (PackedSlice slice : weights.slices()) {
      Operand to = shared(results, dnnl_f32, slice.outputs());
      slices.add(product(source(x), slice, Activation.NONE, to, x.count()));
    }
    return new SlicedProduct(conversion(x), slices);
  }

  @Override
  void read(int row, float[] bias, float[] to) {
    results.reserve(0).floatBuffer().get(row * bias.length, to, 0, bias.length);
    math.add(to, 0, bias, bias.length);
  }

  /** Rows of x in the precision of the product, once {@link #conversion} has been run. */
  private Operand source(Rows x) {
    return precision == DataType.F32
        ? plain(x)
        : shared(narrow, types.x(), x.matrix().shape().columns());
  }

  private Runnable conversion(Rows x) {
    if (precision == DataType.F32) {
      return () -> {};
    }
    int columns = x.matrix().shape().columns();
    Pointer wide = x.matrix().pointer(x.first());
    Conversions.Size size = new Conversions.Size(x.count(), columns, x.matrix().stride());
    return conversions.toBfloat16(size, wide, source(x).memory);
  }

  private Operand plain(Rows rows) {
    Pointer memory = rows.matrix().pointer(rows.first());
    return new Operand(() -> memory, new Product.Operand(dnnl_f32, rows.matrix().stride()));
  }

  /** Returns a tile of so many columns in memory that is used again. */
  private static Operand shared(Staging staging, int type, int columns) {
    long bytes = (long) TILE * columns * Float.BYTES;
    return new Operand(() -> staging.reserve(bytes).bytes(), new Product.Operand(type, columns));
  }

  private Runnable product(
      Operand from, PackedSlice slice, Activation activation, Operand to, int rows) {
    var shape =
        new Product.Problem(
            rows, slice.inputs(), slice.outputs(), activation, from.layout, to.layout);
    Product kernel = kernel(shape, slice);
    return () -> kernel.run(from.memory.get(), slice, to.memory.get(), stream());
  }

  @Override
  public void close() {
    conversions.close();
    elementwise.close();
    narrow.close();
    hidden.close();
    results.close();
    super.close();
  }
}
