package dev.dragoman.device.cpu;

import static org.bytedeco.dnnl.global.dnnl.*;

import dev.dragoman.device.DataType;
import dev.dragoman.device.FeedForwardWeights;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.dnnl.dnnl_stream;

/**
 * The products of one line of execution. Rows go through in tiles: multiples of eight rows, and
 * what is left over, so that few kernels have to be generated.
 */
abstract class Products implements AutoCloseable {
  /** Rows of a tile at most. */
  static final int TILE = 128;

  private static final int STEP = 8;

  private final dnnl_stream stream = new dnnl_stream();
  private final Map<Product.Shape, Product> kernels = new HashMap<>();

  Products() {
    OneDnn.check(
        dnnl_stream_create(stream, OneDnn.engine(), dnnl_stream_default_flags), "make a stream");
  }

  /**
   * Products in this precision.
   *
   * @param precision F32, BF16 or I8
   * @param bytesHeld counts the memory that intermediate results pass through
   */
  static Products in(DataType precision, VectorMath math, AtomicLong bytesHeld) {
    return precision == DataType.I8
        ? new QuantizedProducts(math, bytesHeld)
        : new FloatProducts(bytesHeld);
  }

  /** Rows {@code first} to first + count - 1 of a matrix. */
  record Rows(CpuTensor matrix, int first, int count) {}

  final dnnl_stream stream() {
    return stream;
  }

  /** The kernel for this shape, made when it is first asked for. */
  final Product kernel(Product.Shape shape, PackedLinear like) {
    return kernels.computeIfAbsent(shape, missing -> new Product(missing, like));
  }

  /** x·Wᵀ + b, to be run any number of times. */
  final Runnable linear(CpuTensor x, PackedLinear weights, CpuTensor out) {
    Recording tiles = new Recording();
    int rows = x.shape().rows();
    for (int row = 0, count = tile(rows); row < rows; row += count, count = tile(rows - row)) {
      tiles.add(linear(new Rows(x, row, count), weights, new Rows(out, row, count)));
    }
    return tiles;
  }

  /** act(x·W₁ᵀ + b₁)·W₂ᵀ + b₂, to be run any number of times. */
  final Runnable feedForward(CpuTensor x, FeedForwardWeights weights, CpuTensor out) {
    Recording tiles = new Recording();
    int rows = x.shape().rows();
    for (int row = 0, count = tile(rows); row < rows; row += count, count = tile(rows - row)) {
      tiles.add(feedForward(new Rows(x, row, count), weights, new Rows(out, row, count)));
    }
    return tiles;
  }

  /** As above, for at most {@link #TILE} rows. */
  abstract Runnable linear(Rows x, PackedLinear weights, Rows out);

  /**
   * As above, for at most {@link #TILE} rows, whose hidden activations stay in a small piece of
   * memory that every layer uses again.
   */
  abstract Runnable feedForward(Rows x, FeedForwardWeights weights, Rows out);

  private static int tile(int rows) {
    return rows < STEP ? rows : Math.min(TILE, rows / STEP * STEP);
  }

  @Override
  public void close() {
    kernels.values().forEach(Product::close);
    dnnl_stream_destroy(stream);
  }
}
