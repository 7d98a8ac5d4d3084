// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_destroy;

import dev.dragoman.device.Activation;
import dev.dragoman.device.DataType;
import dev.dragoman.device.FeedForwardWeights;
import dev.dragoman.device.HostTensor;
import dev.dragoman.device.Recording;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.bytedeco.dnnl.dnnl_stream;

/**
 * The products of one fork. Rows go through in tiles: multiples of eight rows, and what is left
 * over, so that few kernels have to be generated.
 */
abstract class Products implements AutoCloseable {
  /** Rows of a tile at most. */
  static final int TILE = 256;

  private static final int STEP = 8;

  private final dnnl_stream stream = OneDnn.stream();
  private final Map<List<Object>, Product> kernels = new HashMap<>();
  private final Packing packing;

  Products(DataType precision, IntegerRange range) {
    packing = new Packing(precision, range, stream);
  }

  /**
   * Products in this precision.
   *
   * @param precision F32, BF16 or I8
   * @param bytesHeld counts the memory that intermediate results pass through
   */
  static Products in(DataType precision, VectorMath math, AtomicLong bytesHeld) {
    return precision == DataType.I8
        ? new QuantizedProducts(math, OneDnn.integerRange().orElseThrow(), bytesHeld)
        : new FloatProducts(math, precision, bytesHeld);
  }

  /** Rows {@code first} to first + count - 1 of a matrix. */
  record Rows(CpuTensor matrix, int first, int count) {}

  /**
   * x·Wᵀ of at most {@link #TILE} rows, slice by slice, in memory that every product uses again.
   *
   * @param begin reads x
   * @param slices each computes one slice of the outputs, for {@link #read}; the one before is gone
   */
  record SlicedProduct(Runnable begin, List<Runnable> slices) {}

  /**
   * Packs weights.
   *
   * @param most outputs of a slice at most
   */
  final PackedLinear pack(HostTensor weight, float[] bias, int most) {
    return packing.pack(weight, bias, most);
  }

  final dnnl_stream stream() {
    return stream;
  }

  /** Returns the kernel for this shape, made when it is first asked for. */
  final Product kernel(Product.Problem shape, PackedSlice like) {
    return kernels.computeIfAbsent(shape.key(), missing -> new Product(shape, like));
  }

  /** Prepares x·Wᵀ + b, to be run any number of times. */
  final Runnable linear(CpuTensor x, PackedLinear weights, CpuTensor out) {
    return tiles(x, out, (from, to) -> linear(from, weights, to));
  }

  /** Prepares act(x·W₁ᵀ + b₁)·W₂ᵀ + b₂, to be run any number of times. */
  final Runnable feedForward(CpuTensor x, FeedForwardWeights weights, CpuTensor out) {
    PackedLinear first = (PackedLinear) weights.first();
    PackedLinear second = (PackedLinear) weights.second();
    FeedForward layer = new FeedForward(first.whole(), weights.activation(), second.whole());
    return tiles(x, out, (from, to) -> feedForward(from, layer, to));
  }

  /** The two products of a layer, each in one piece. */
  record FeedForward(PackedSlice first, Activation activation, PackedSlice second) {}

  private static Runnable tiles(
      CpuTensor x, CpuTensor out, BiFunction<Rows, Rows, Runnable> operation) {
    Recording all = new Recording();
    forEachTile(
        x, from -> all.add(operation.apply(from, new Rows(out, from.first(), from.count()))));
    return all;
  }

  /** Cuts the rows of a matrix. */
  static void forEachTile(CpuTensor x, Consumer<Rows> action) {
    int rows = x.shape().rows();
    for (int row = 0, count = tile(rows); row < rows; row += count, count = tile(rows - row)) {
      action.accept(new Rows(x, row, count));
    }
  }

  /** Returns how many of so many rows go into the next tile. */
  private static int tile(int rows) {
    return rows < STEP ? rows : Math.min(TILE, rows / STEP * STEP);
  }

  /** Prepares x·Wᵀ + b for at most {@link #TILE} rows. */
  abstract Runnable linear(Rows x, PackedLinear weights, Rows out);

  /** Multiplies one slice after the other, without the bias of weights. */
  abstract SlicedProduct sliced(Rows x, PackedLinear weights);

  /**
   * Copies a row of the slice that was computed last and adds a bias to it.
   *
   * @param bias one number for each output of the slice
   */
  abstract void read(int row, float[] bias, float[] to);

  /**
   * Prepares a feed-forward layer for at most {@link #TILE} rows, whose hidden activations stay in
   * a small piece of memory that every layer uses again.
   */
  abstract Runnable feedForward(Rows x, FeedForward layer, Rows out);

  @Override
  public void close() {
    packing.close();
    kernels.values().forEach(Product::close);
    dnnl_stream_destroy(stream);
  }
}
