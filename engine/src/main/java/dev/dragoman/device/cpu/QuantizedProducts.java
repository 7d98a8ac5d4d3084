// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import dev.dragoman.device.DataType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Products of 8-bit integers with exact sums. Each row of x is q·s and each output's weights are
 * p·t, with integers and float32 scales s and t, so that x·Wᵀ is (q·pᵀ)·t·s (as in Bhandare et al.,
 * "Efficient 8-Bit Quantization of Transformer Neural Machine Language Translation Model", 2019,
 * with scales taken anew from each row). A row's result depends on that row alone.
 */
final class QuantizedProducts extends Products {
  private final VectorMath math;
  private final Quantized quantized;
  private final Quantized hidden;
  private final Elementwise elementwise;
  private final Staging sums;
  private float[] row = new float[0];

  /**
   * Products of integers.
   *
   * @param range of x
   * @param bytesHeld counts the memory that intermediate results pass through
   */
  QuantizedProducts(VectorMath math, IntegerRange range, AtomicLong bytesHeld) {
    super(DataType.I8, range);
    this.math = math;
    this.quantized = new Quantized(math, range, TILE, bytesHeld);
    this.hidden = new Quantized(math, range, TILE, bytesHeld);
    this.elementwise = new Elementwise(stream());
    this.sums = new Staging(bytesHeld);
  }

  @Override
  Runnable linear(Rows x, PackedLinear weights, Rows out) {
    SlicedProduct product = sliced(x, weights);
    List<PackedSlice> slices = weights.slices();
    List<CpuTensor> parts = new ArrayList<>();
    for (PackedSlice slice : slices) {
      parts.add(out.matrix().columns(slice.first(), slice.outputs()));
    }
    return () -> {
      product.begin().run();
      for (int slice = 0; slice < slices.size(); slice++) {
        product.slices().get(slice).run();
        reserveRow(slices.get(slice).outputs());
        for (int i = 0; i < out.count(); i++) {
          read(i, slices.get(slice).biases(), row);
          parts.get(slice).write(out.first() + i, row, 0);
        }
      }
    };
  }

  @Override
  SlicedProduct sliced(Rows x, PackedLinear weights) {
    List<Runnable> slices = new ArrayList<>();
    for (PackedSlice slice : weights.slices()) {
      slices.add(product(quantized, slice, x.count()));
    }
    return new SlicedProduct(() -> quantize(x), slices);
  }

  @Override
  void read(int row, float[] bias, float[] to) {
    scale(row, quantized, bias, to);
  }

  @Override
  Runnable feedForward(Rows x, FeedForward layer, Rows out) {
    Runnable first = product(quantized, layer.first(), x.count());
    Runnable second = product(hidden, layer.second(), x.count());
    int inner = layer.first().outputs();
    Runnable activation =
        elementwise.apply(layer.activation(), x.count(), inner, () -> sums.reserve(0).bytes());
    return () -> {
      quantize(x);
      first.run();
      reserveRow(Math.max(inner, layer.second().outputs()));
      for (int i = 0; i < x.count(); i++) {
        scale(i, quantized, layer.first().biases(), row);
        sums.reserve(0).floatBuffer().put(i * inner, row, 0, inner);
      }
      activation.run();
      for (int i = 0; i < x.count(); i++) {
        sums.reserve(0).floatBuffer().get(i * inner, row, 0, inner);
        hidden.set(i, row, inner);
      }
      second.run();
      for (int i = 0; i < out.count(); i++) {
        scale(i, hidden, layer.second().biases(), row);
        out.matrix().write(out.first() + i, row, 0);
      }
    };
  }

  private void quantize(Rows x) {
    int columns = x.matrix().shape().columns();
    reserveRow(columns);
    for (int i = 0; i < x.count(); i++) {
      x.matrix().read(x.first() + i, row, 0);
      quantized.set(i, row, columns);
    }
  }

  /** Prepares the product of all rows that {@code x} holds into {@link #sums}, dense. */
  private Runnable product(Quantized x, PackedSlice slice, int rows) {
    Product kernel = kernel(Product.Problem.dense(DataType.I8, rows, slice), slice);
    long bytes = (long) TILE * slice.outputs() * Float.BYTES;
    return () -> kernel.run(x.memory(), slice, sums.reserve(bytes).bytes(), stream());
  }

  /**
   * Puts row {@code i} of the product that was computed last, with the row's scale and a bias, into
   * {@code to}.
   */
  private void scale(int i, Quantized x, float[] bias, float[] to) {
    sums.reserve(0).floatBuffer().get(i * bias.length, to, 0, bias.length);
    math.scaleAdd(to, x.scale(i), bias, bias.length);
  }

  private void reserveRow(int columns) {
    if (row.length < columns) {
      row = new float[columns];
    }
  }

  @Override
  public void close() {
    quantized.close();
    hidden.close();
    elementwise.close();
    sums.close();
    super.close();
  }
}
