package dev.dragoman.device.cpu;

import dev.dragoman.device.Activation;
import dev.dragoman.device.DataType;
import dev.dragoman.device.FeedForwardWeights;
import dev.dragoman.device.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
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
  private final Elementwise elementwise;
  private final Quantized quantized;
  private final AtomicLong bytesHeld;
  private final List<Staging> stagings = new ArrayList<>();
  private final Map<Integer, CpuTensor> hidden = new HashMap<>();
  private float[] row = new float[0];

  QuantizedProducts(VectorMath math, AtomicLong bytesHeld) {
    this.math = math;
    this.elementwise = new Elementwise(stream());
    this.quantized = new Quantized(math, TILE, bytesHeld);
    this.bytesHeld = bytesHeld;
  }

  @Override
  Runnable linear(Rows x, PackedLinear weights, Rows out) {
    Product.Operand from = new Product.Operand(DataType.I8, weights.inputs());
    Product.Operand to = new Product.Operand(DataType.F32, out.matrix().stride());
    var shape =
        new Product.Shape(
            x.count(), weights.inputs(), weights.outputs(), Activation.NONE, from, to);
    Product kernel = kernel(shape, weights);
    FloatPointer result = out.matrix().pointer(out.first());
    return () -> {
      quantized.set(x);
      kernel.run(quantized.memory(), weights, result, stream());
      scaleRows(out, weights);
    };
  }

  @Override
  Runnable feedForward(Rows x, FeedForwardWeights weights, Rows out) {
    PackedLinear first = (PackedLinear) weights.first();
    CpuTensor memory = hidden.computeIfAbsent(first.outputs(), this::newHidden);
    Rows inner = new Rows(memory, 0, x.count());
    Recording layer = new Recording();
    layer.add(linear(x, first, inner));
    layer.add(elementwise.apply(weights.activation(), x.count(), memory));
    layer.add(linear(inner, (PackedLinear) weights.second(), out));
    return layer;
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

  /** Of one width for all layers that have it; it stays where it is, as recorded steps know it. */
  private CpuTensor newHidden(int columns) {
    Staging staging = new Staging(bytesHeld);
    stagings.add(staging);
    return CpuTensor.over(staging.reserve(TILE * columns), new Shape(TILE, columns));
  }

  @Override
  public void close() {
    elementwise.close();
    quantized.close();
    stagings.forEach(Staging::close);
    super.close();
  }
}
