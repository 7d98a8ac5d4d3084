package dev.dragoman.device.cpu;

import static org.bytedeco.dnnl.global.dnnl.*;

import dev.dragoman.device.Activation;
import dev.dragoman.device.DataType;
import dev.dragoman.device.FeedForwardWeights;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.FloatPointer;

/**
 * The products of one line of execution: rows are copied to native memory, multiplied there by
 * oneDNN and copied back. Rows go through in tiles whose size is one of a few, so that few kernels
 * are generated; what a tile has too much is computed and thrown away.
 */
final class Products implements AutoCloseable {
  private static final int TILE = 128;

  final dnnl_stream stream = new dnnl_stream();
  private final Map<Product.Shape, Product> kernels = new HashMap<>();
  private final Staging input;
  private final Staging converted;
  private final Staging hidden;
  private final Staging output;
  private final Conversions conversions;

  Products(AtomicLong bytesHeld) {
    OneDnn.check(
        dnnl_stream_create(stream, OneDnn.engine(), dnnl_stream_default_flags), "make a stream");
    input = new Staging(bytesHeld);
    converted = new Staging(bytesHeld);
    hidden = new Staging(bytesHeld);
    output = new Staging(bytesHeld);
    conversions = new Conversions(stream);
  }

  void linear(CpuTensor x, PackedLinear weights, CpuTensor out) {
    for (int row = 0; row < x.shape().rows(); row += TILE) {
      int count = Math.min(TILE, x.shape().rows() - row);
      int rows = tile(count);
      FloatPointer source = stage(x, row, count, weights.precision());
      FloatPointer result = output.reserve(rows * weights.outputs());
      multiply(rows, source, weights, Activation.NONE, DataType.F32, result);
      unstage(out, row, count);
    }
  }

  void feedForward(CpuTensor x, FeedForwardWeights weights, CpuTensor out) {
    PackedLinear first = (PackedLinear) weights.first();
    PackedLinear second = (PackedLinear) weights.second();
    for (int row = 0; row < x.shape().rows(); row += TILE) {
      int count = Math.min(TILE, x.shape().rows() - row);
      int rows = tile(count);
      FloatPointer source = stage(x, row, count, first.precision());
      FloatPointer inner = hidden.reserve(rows * first.outputs());
      multiply(rows, source, first, weights.activation(), second.precision(), inner);
      FloatPointer result = output.reserve(rows * second.outputs());
      multiply(rows, inner, second, Activation.NONE, DataType.F32, result);
      unstage(out, row, count);
    }
  }

  private void multiply(
      int rows,
      FloatPointer from,
      PackedLinear weights,
      Activation activation,
      DataType resultType,
      FloatPointer to) {
    var shape =
        new Product.Shape(rows, weights.inputs(), weights.outputs(), activation, resultType);
    Product kernel = kernels.get(shape);
    if (kernel == null) {
      kernel = new Product(shape, weights);
      kernels.put(shape, kernel);
    }
    kernel.run(from, weights, to, stream);
  }

  /** Copies rows of x to native memory, in the precision of the product. */
  private FloatPointer stage(CpuTensor x, int row, int count, DataType precision) {
    int columns = x.shape().columns();
    int rows = tile(count);
    FloatPointer staged = input.reserve(rows * columns);
    FloatBuffer buffer = input.buffer();
    float[] numbers = CpuTensor.floats(x);
    if (x.isContiguous()) {
      buffer.put(0, numbers, x.at(row), count * columns);
    } else {
      for (int i = 0; i < count; i++) {
        buffer.put(i * columns, numbers, x.at(row + i), columns);
      }
    }
    if (precision == DataType.F32) {
      return staged;
    }
    FloatPointer narrow = converted.reserve(rows * columns);
    conversions.toBfloat16(rows, columns, staged, narrow);
    return narrow;
  }

  private void unstage(CpuTensor out, int row, int count) {
    int columns = out.shape().columns();
    float[] numbers = CpuTensor.floats(out);
    if (out.isContiguous()) {
      output.buffer().get(0, numbers, out.at(row), count * columns);
    } else {
      for (int i = 0; i < count; i++) {
        output.buffer().get(i * columns, numbers, out.at(row + i), columns);
      }
    }
  }

  /** The next size of a tile: fine steps, since each row costs, but not each its own kernel. */
  private static int tile(int rows) {
    int step = rows <= 2 ? 1 : rows <= 32 ? 4 : 8;
    return (rows + step - 1) / step * step;
  }

  @Override
  public void close() {
    kernels.values().forEach(Product::close);
    conversions.close();
    input.close();
    converted.close();
    hidden.close();
    output.close();
    dnnl_stream_destroy(stream);
  }
}
