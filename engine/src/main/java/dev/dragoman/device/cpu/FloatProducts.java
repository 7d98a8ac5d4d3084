package dev.dragoman.device.cpu;

import dev.dragoman.device.Activation;
import dev.dragoman.device.DataType;
import dev.dragoman.device.FeedForwardWeights;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.javacpp.FloatPointer;

/** Products in float32 and in bfloat16 with float32 sums; bias and activation are fused. */
final class FloatProducts extends Products {
  private final Map<Product.Shape, Product> kernels = new HashMap<>();
  private final Conversions conversions;
  private final Staging narrow;
  private final Staging hidden;

  FloatProducts(AtomicLong bytesHeld) {
    conversions = new Conversions(stream());
    narrow = new Staging(bytesHeld);
    hidden = new Staging(bytesHeld);
  }

  @Override
  void linear(Rows x, PackedLinear weights, Rows out) {
    multiply(x.count(), source(x, weights.precision()), weights, Activation.NONE, plain(out));
  }

  @Override
  void feedForward(Rows x, FeedForwardWeights weights, Rows out) {
    PackedLinear first = (PackedLinear) weights.first();
    PackedLinear second = (PackedLinear) weights.second();
    FloatPointer memory = hidden.reserve(TILE * first.outputs());
    Operand inner = new Operand(memory, new Product.Operand(second.precision(), first.outputs()));
    multiply(x.count(), source(x, first.precision()), first, weights.activation(), inner);
    multiply(x.count(), inner, second, Activation.NONE, plain(out));
  }

  /** Where a matrix lies, and how. */
  private record Operand(FloatPointer memory, Product.Operand layout) {}

  /** Rows of x in the precision of the product. */
  private Operand source(Rows x, DataType precision) {
    if (precision == DataType.F32) {
      return plain(x);
    }
    CpuTensor matrix = x.matrix();
    int columns = matrix.shape().columns();
    FloatPointer memory = narrow.reserve(TILE * columns);
    conversions.toBfloat16(
        new Conversions.Size(x.count(), columns, matrix.stride()),
        matrix.pointer(x.first()),
        memory);
    return new Operand(memory, new Product.Operand(precision, columns));
  }

  private static Operand plain(Rows rows) {
    CpuTensor matrix = rows.matrix();
    return new Operand(
        matrix.pointer(rows.first()), new Product.Operand(DataType.F32, matrix.stride()));
  }

  private void multiply(
      int rows, Operand from, PackedLinear weights, Activation activation, Operand to) {
    var shape =
        new Product.Shape(
            rows, weights.inputs(), weights.outputs(), activation, from.layout, to.layout);
    Product kernel = kernels.get(shape);
    if (kernel == null) {
      kernel = new Product(shape, weights);
      kernels.put(shape, kernel);
    }
    kernel.run(from.memory, weights, to.memory, stream());
  }

  @Override
  public void close() {
    kernels.values().forEach(Product::close);
    conversions.close();
    narrow.close();
    hidden.close();
    super.close();
  }
}
