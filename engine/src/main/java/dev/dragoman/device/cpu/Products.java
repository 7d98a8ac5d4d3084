package dev.dragoman.device.cpu;

import static org.bytedeco.dnnl.global.dnnl.*;

import dev.dragoman.device.Activation;
import dev.dragoman.device.DataType;
import dev.dragoman.device.FeedForwardWeights;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
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

  /** x·Wᵀ + b, to be run any number of times. */
  Runnable linear(CpuTensor x, PackedLinear weights, CpuTensor out) {
    Recording tiles = new Recording();
    int rows = x.shape().rows();
    for (int row = 0, count = tile(rows); row < rows; row += count, count = tile(rows - row)) {
      Operand source = source(x, row, count, weights.precision());
      tiles.add(product(count, source, weights, Activation.NONE, result(out, row)));
    }
    return tiles;
  }

  /**
   * act(x·W₁ᵀ + b₁)·W₂ᵀ + b₂, to be run any number of times. The hidden activations of a tile stay
   * in a small piece of memory that every layer uses again.
   */
  Runnable feedForward(CpuTensor x, FeedForwardWeights weights, CpuTensor out) {
    PackedLinear first = (PackedLinear) weights.first();
    PackedLinear second = (PackedLinear) weights.second();
    Recording tiles = new Recording();
    int rows = x.shape().rows();
    for (int row = 0, count = tile(rows); row < rows; row += count, count = tile(rows - row)) {
      Operand source = source(x, row, count, first.precision());
      int size = TILE * first.outputs();
      Product.Operand layout = new Product.Operand(second.precision(), first.outputs());
      Operand inner = new Operand(() -> hidden.reserve(size), layout);
      tiles.add(product(count, source, first, weights.activation(), inner));
      tiles.add(product(count, inner, second, Activation.NONE, result(out, row)));
    }
    return tiles;
  }

  /**
   * Where a matrix lies when it is needed, and how. Memory that operations share may have moved
   * since the last time.
   */
  private record Operand(Supplier<FloatPointer> memory, Product.Operand layout) {}

  private static int tile(int rows) {
    return rows < STEP ? rows : Math.min(TILE, rows / STEP * STEP);
  }

  /** Rows of x in the precision of the product. */
  private Operand source(CpuTensor x, int row, int count, DataType precision) {
    if (precision == DataType.F32) {
      return result(x, row);
    }
    int columns = x.shape().columns();
    FloatPointer wide = x.pointer(row);
    Conversions.Size size = new Conversions.Size(count, columns, x.stride());
    return new Operand(
        () -> {
          FloatPointer memory = narrow.reserve(TILE * columns);
          conversions.toBfloat16(size, wide, memory);
          return memory;
        },
        new Product.Operand(precision, columns));
  }

  private static Operand result(CpuTensor out, int row) {
    FloatPointer memory = out.pointer(row);
    return new Operand(() -> memory, new Product.Operand(DataType.F32, out.stride()));
  }

  private Runnable product(
      int rows, Operand from, PackedLinear weights, Activation activation, Operand to) {
    var shape =
        new Product.Shape(
            rows, weights.inputs(), weights.outputs(), activation, from.layout, to.layout);
    Product kernel = kernels.computeIfAbsent(shape, missing -> new Product(missing, weights));
    return () -> kernel.run(from.memory.get(), weights, to.memory.get(), stream);
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
