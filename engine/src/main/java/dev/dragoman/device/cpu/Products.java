package dev.dragoman.device.cpu;

import static org.bytedeco.dnnl.global.dnnl.*;

import dev.dragoman.device.Activation;
import dev.dragoman.device.DataType;
import dev.dragoman.device.FeedForwardWeights;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.FloatPointer;

/**
 * The products of one line of execution. Rows go through in tiles: multiples of eight rows, and
 * what is left over, so that few kernels have to be generated.
 */
final class Products implements AutoCloseable {
  private static final int TILE = 128;
  private static final int STEP = 8;

  private final dnnl_stream stream = new dnnl_stream();
  private final Map<Product.Shape, Product> kernels = new HashMap<>();
  private final Conversions conversions;
  private final Staging narrow;
  private final Staging hidden;

  Products(AtomicLong bytesHeld) {
    OneDnn.check(
        dnnl_stream_create(stream, OneDnn.engine(), dnnl_stream_default_flags), "make a stream");
    conversions = new Conversions(stream);
    narrow = new Staging(bytesHeld);
    hidden = new Staging(bytesHeld);
  }

  dnnl_stream stream() {
    return stream;
  }

  void linear(CpuTensor x, PackedLinear weights, CpuTensor out) {
    int rows = x.shape().rows();
    for (int row = 0, count = tile(rows); row < rows; row += count, count = tile(rows - row)) {
      Operand source = source(x, row, count, weights.precision());
      multiply(count, source, weights, Activation.NONE, result(out, row));
    }
  }

  /**
   * The hidden activations of a tile stay in a small piece of memory that every layer uses again.
   */
  void feedForward(CpuTensor x, FeedForwardWeights weights, CpuTensor out) {
    PackedLinear first = (PackedLinear) weights.first();
    PackedLinear second = (PackedLinear) weights.second();
    int rows = x.shape().rows();
    for (int row = 0, count = tile(rows); row < rows; row += count, count = tile(rows - row)) {
      Operand source = source(x, row, count, first.precision());
      FloatPointer memory = hidden.reserve(TILE * first.outputs());
      Operand inner = new Operand(memory, new Product.Operand(second.precision(), first.outputs()));
      multiply(count, source, first, weights.activation(), inner);
      multiply(count, inner, second, Activation.NONE, result(out, row));
    }
  }

  /** Where a matrix lies, and how. */
  private record Operand(FloatPointer memory, Product.Operand layout) {}

  private static int tile(int rows) {
    return rows < STEP ? rows : Math.min(TILE, rows / STEP * STEP);
  }

  /** Rows of x in the precision of the product. */
  private Operand source(CpuTensor x, int row, int count, DataType precision) {
    if (precision == DataType.F32) {
      return result(x, row);
    }
    int columns = x.shape().columns();
    FloatPointer memory = narrow.reserve(TILE * columns);
    conversions.toBfloat16(
        new Conversions.Size(count, columns, x.stride()), x.pointer(row), memory);
    return new Operand(memory, new Product.Operand(precision, columns));
  }

  private static Operand result(CpuTensor out, int row) {
    return new Operand(out.pointer(row), new Product.Operand(DataType.F32, out.stride()));
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
    kernel.run(from.memory, weights, to.memory, stream);
  }

  @Override
  public void close() {
    kernels.values().forEach(Product::close);
    conversions.close();
    narrow.close();
    hidden.close();
    dnnl_stream_destroy(stream);
  }
}
