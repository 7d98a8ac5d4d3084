package dev.dragoman.device.cpu;

import static org.bytedeco.dnnl.global.dnnl.*;

import dev.dragoman.device.DataType;
import dev.dragoman.device.HostTensor;
import dev.dragoman.device.Linear;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * The weights of a product, once reordered into the layout that oneDNN's kernels read fastest.
 * Immutable.
 */
final class PackedLinear implements Linear {
  /**
   * The layout is chosen for this many rows and used for all: one copy, and one order of additions.
   */
  private static final int TYPICAL_ROWS = 64;

  /** oneDNN's mask for numbers that differ from output to output, the second dimension of Wᵀ. */
  private static final int OUTPUTS = 1 << 1;

  private final dnnl_memory_desc layout;
  private final BytePointer weights;
  private final float[] biases;
  private final FloatPointer perOutput;
  private final int inputs;
  private final int outputs;
  private final DataType precision;

  PackedLinear(HostTensor weight, float[] bias, DataType precision, dnnl_stream stream) {
    this.inputs = weight.shape().columns();
    this.outputs = weight.shape().rows();
    this.precision = precision;
    if (bias.length != outputs) {
      throw new IllegalArgumentException(
          weight.name() + ": " + outputs + " outputs, but " + bias.length + " biases");
    }
    this.layout = bestLayout();
    this.weights = new BytePointer(dnnl_memory_desc_get_size(layout));
    this.biases = bias;
    if (precision == DataType.I8) {
      this.perOutput = new FloatPointer(outputs);
      reorder(new BytePointer(quantized(weight.floats())), stream);
    } else {
      this.perOutput = new FloatPointer(bias);
      reorder(new FloatPointer(weight.floats()), stream);
    }
  }

  /** Integers from -127 to 127; what a step of each output's weights is worth goes to its scale. */
  private byte[] quantized(float[] numbers) {
    byte[] integers = new byte[numbers.length];
    for (int output = 0; output < outputs; output++) {
      int first = output * inputs;
      float most = 0;
      for (int i = first; i < first + inputs; i++) {
        most = Math.max(most, Math.abs(numbers[i]));
      }
      perOutput.put(output, most / Quantized.STEPS);
      float inverse = most == 0 ? 0 : Quantized.STEPS / most;
      for (int i = first; i < first + inputs; i++) {
        integers[i] = (byte) Math.rint(numbers[i] * inverse);
      }
    }
    return integers;
  }

  @Override
  public int inputs() {
    return inputs;
  }

  @Override
  public int outputs() {
    return outputs;
  }

  /** The type that x is converted to and the weights are stored in. */
  DataType precision() {
    return precision;
  }

  dnnl_memory_desc layout() {
    return layout;
  }

  /** The numbers in that layout. */
  BytePointer weights() {
    return weights;
  }

  /** One for each output. */
  float[] biases() {
    return biases;
  }

  /** Float32, what the kernel takes for each output: the bias, or in 8 bits the weights' scale. */
  FloatPointer perOutput() {
    return perOutput;
  }

  long bytes() {
    return weights.capacity() + perOutput.capacity() * Float.BYTES;
  }

  static int dnnlType(DataType precision) {
    return switch (precision) {
      case BF16 -> dnnl_bf16;
      case I8 -> dnnl_s8;
      default -> dnnl_f32;
    };
  }

  /** Attributes of products in 8 bits: one scale for each output. */
  static dnnl_primitive_attr scales() {
    dnnl_primitive_attr attributes = OneDnn.attributes();
    OneDnn.check(
        dnnl_primitive_attr_set_scales_mask(attributes, DNNL_ARG_WEIGHTS, OUTPUTS),
        "scale weights");
    return attributes;
  }

  private dnnl_memory_desc bestLayout() {
    int type = dnnlType(precision);
    boolean scaled = precision == DataType.I8;
    dnnl_primitive_attr attributes = scaled ? scales() : OneDnn.attributes();
    dnnl_primitive_desc product = new dnnl_primitive_desc();
    OneDnn.check(
        dnnl_matmul_primitive_desc_create(
            product,
            OneDnn.engine(),
            OneDnn.matrix(TYPICAL_ROWS, inputs, type, dnnl_ab),
            OneDnn.matrix(inputs, outputs, type, dnnl_format_tag_any),
            scaled ? null : OneDnn.matrix(1, outputs, dnnl_f32, dnnl_ab),
            OneDnn.matrix(TYPICAL_ROWS, outputs, dnnl_f32, dnnl_ab),
            attributes),
        "choose a layout for weights of " + outputs + "x" + inputs);
    dnnl_memory_desc chosen = new dnnl_memory_desc();
    OneDnn.check(
        dnnl_memory_desc_clone(
            chosen, dnnl_primitive_desc_query_md(product, dnnl_query_weights_md, 0)),
        "copy a layout");
    dnnl_primitive_desc_destroy(product);
    return chosen;
  }

  /**
   * Brings the numbers into the layout.
   *
   * @param plainNumbers outputs × inputs, closed afterwards
   */
  private void reorder(Pointer plainNumbers, dnnl_stream stream) {
    // W is outputs x inputs; oneDNN multiplies by inputs x outputs: the same numbers read by
    // columns.
    int type = precision == DataType.I8 ? dnnl_s8 : dnnl_f32;
    dnnl_memory_desc plain = OneDnn.matrix(inputs, outputs, type, dnnl_ba);
    dnnl_primitive_attr attributes = OneDnn.attributes();
    dnnl_primitive_desc description = new dnnl_primitive_desc();
    OneDnn.check(
        dnnl_reorder_primitive_desc_create(
            description, plain, OneDnn.engine(), layout, OneDnn.engine(), attributes),
        "reorder weights");
    dnnl_primitive reorder = new dnnl_primitive();
    OneDnn.check(dnnl_primitive_create(reorder, description), "reorder weights");
    dnnl_memory from = new dnnl_memory();
    dnnl_memory to = new dnnl_memory();
    OneDnn.check(dnnl_memory_create(from, plain, OneDnn.engine(), plainNumbers), "reorder weights");
    OneDnn.check(dnnl_memory_create(to, layout, OneDnn.engine(), weights), "reorder weights");
    try (dnnl_exec_arg_t arguments = new dnnl_exec_arg_t(2)) {
      arguments.getPointer(0).arg(DNNL_ARG_FROM).memory(from);
      arguments.getPointer(1).arg(DNNL_ARG_TO).memory(to);
      OneDnn.check(dnnl_primitive_execute(reorder, stream, 2, arguments), "reorder weights");
      OneDnn.check(dnnl_stream_wait(stream), "reorder weights");
    }
    dnnl_memory_destroy(from);
    dnnl_memory_destroy(to);
    dnnl_primitive_destroy(reorder);
    dnnl_primitive_desc_destroy(description);
    plainNumbers.close();
  }

  void close() {
    weights.close();
    perOutput.close();
  }
}
