package dev.dragoman.device.cpu;

import dev.dragoman.device.Activation;
import dev.dragoman.device.DataType;
import dev.dragoman.device.FeedForwardWeights;
import dev.dragoman.device.Shape;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Products of 8-bit integers with exact sums. Each row of x is q·s and each output's weights are
 * p·t, with integers from -127 to 127 and float32 scales s and t, so that x·Wᵀ is (q·pᵀ)·s·t (as in
 * Bhandare et al., "Efficient 8-Bit Quantization of Transformer Neural Machine Language Translation
 * Model", 2019, with scales taken anew from each row). A row's result depends on that row alone.
 */
final class QuantizedProducts extends Products {
  private final VectorMath math;
  private final Map<Product.Shape, Product> kernels = new HashMap<>();
  private final Elementwise elementwise;
  private final Quantized quantized;
  private final Staging staging;
  private CpuTensor hidden;
  private float[] row = new float[0];

  QuantizedProducts(VectorMath math, AtomicLong bytesHeld) {
    this.math = math;
    this.elementwise = new Elementwise(stream());
    this.quantized = new Quantized(math, TILE, bytesHeld);
    this.staging = new Staging(bytesHeld);
  }

  @Override
  void linear(Rows x, PackedLinear weights, Rows out) {
    quantized.set(x);
    CpuTensor matrix = out.matrix();
    Product.Operand from = new Product.Operand(DataType.I8, weights.inputs());
    Product.Operand to = new Product.Operand(DataType.F32, matrix.stride());
    Product.Shape shape =
        new Product.Shape(
            x.count(), weights.inputs(), weights.outputs(), Activation.NONE, from, to);
    Product kernel = kernels.get(shape);
    if (kernel == null) {
      kernel = new Product(shape, weights);
      kernels.put(shape, kernel);
    }
    kernel.run(quantized.memory(), weights, matrix.pointer(out.first()), stream());
    scaleRows(out, weights);
  }

  @Override
  void feedForward(Rows x, FeedForwardWeights weights, Rows out) {
    PackedLinear first = (PackedLinear) weights.first();
    Rows inner = new Rows(hidden(first.outputs()), 0, x.count());
    linear(x, first, inner);
    elementwise.apply(weights.activation(), inner.count(), inner.matrix());
    linear(inner, (PackedLinear) weights.second(), out);
  }

  /** The products have the weights' scales; the rows' and the bias come here. */
  private void scaleRows(Rows out, PackedLinear weights) {
    CpuTensor matrix = out.matrix();
    int columns = weights.outputs();
    if (row.length < columns) {
      row = new float[columns];
    }
    for (int i = 0; i < out.count(); i++) {
      matrix.read(out.first() + i, row, 0);
      math.scaleAdd(row, quantized.scale(i), weights.biases(), columns);
      matrix.write(out.first() + i, row, 0);
    }
  }

  private CpuTensor hidden(int columns) {
    if (hidden == null || hidden.shape().columns() != columns) {
      FloatPointer memory = staging.reserve(TILE * columns);
      hidden = CpuTensor.over(memory, new Shape(TILE, columns));
    }
    return hidden;
  }

  @Override
  public void close() {
    kernels.values().forEach(Product::close);
    elementwise.close();
    quantized.close();
    staging.close();
    super.close();
  }
}
