package dev.dragoman.device.cpu;

import dev.dragoman.device.Activation;
import dev.dragoman.device.DataType;
import dev.dragoman.device.FeedForwardWeights;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.bytedeco.javacpp.FloatPointer;

/** Products in float32 and in bfloat16 with float32 sums; bias and activation are fused. */
final class FloatProducts extends Products {
  private final Conversions conversions;
  private final Staging narrow;
  private final Staging hidden;

  FloatProducts(AtomicLong bytesHeld) {
    conversions = new Conversions(stream());
    narrow = new Staging(bytesHeld);
    hidden = new Staging(bytesHeld);
  }

  @Override
  Runnable linear(Rows x, PackedLinear weights, Rows out) {
    return product(x.count(), source(x, weights.precision()), weights, Activation.NONE, plain(out));
  }

  @Override
  Runnable feedForward(Rows x, FeedForwardWeights weights, Rows out) {
    PackedLinear first = (PackedLinear) weights.first();
    PackedLinear second = (PackedLinear) weights.second();
    int size = TILE * first.outputs();
    Product.Operand layout = new Product.Operand(second.precision(), first.outputs());
    Operand inner = new Operand(() -> hidden.reserve(size), layout);
    Recording both = new Recording();
    both.add(product(x.count(), source(x, first.precision()), first, weights.activation(), inner));
    both.add(product(x.count(), inner, second, Activation.NONE, plain(out)));
    return both;
  }

  /**
   * Where a matrix lies when it is needed, and how. Memory that operations share may have moved
   * since the last time.
   */
  private record Operand(Supplier<FloatPointer> memory, Product.Operand layout) {}

  /** Rows of x in the precision of the product. */
  private Operand source(Rows x, DataType precision) {
    if (precision == DataType.F32) {
      return plain(x);
    }
    int columns = x.matrix().shape().columns();
    FloatPointer wide = x.matrix().pointer(x.first());
    Conversions.Size size = new Conversions.Size(x.count(), columns, x.matrix().stride());
    return new Operand(
        () -> {
          FloatPointer memory = narrow.reserve(TILE * columns);
          conversions.toBfloat16(size, wide, memory);
          return memory;
        },
        new Product.Operand(precision, columns));
  }

  private static Operand plain(Rows rows) {
    FloatPointer memory = rows.matrix().pointer(rows.first());
    return new Operand(() -> memory, new Product.Operand(DataType.F32, rows.matrix().stride()));
  }

  private Runnable product(
      int rows, Operand from, PackedLinear weights, Activation activation, Operand to) {
    var shape =
        new Product.Shape(
            rows, weights.inputs(), weights.outputs(), activation, from.layout, to.layout);
    Product kernel = kernel(shape, weights);
    return () -> kernel.run(from.memory.get(), weights, to.memory.get(), stream());
  }

  @Override
  public void close() {
    conversions.close();
    narrow.close();
    hidden.close();
    super.close();
  }
}
