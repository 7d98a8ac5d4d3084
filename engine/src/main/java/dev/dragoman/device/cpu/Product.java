package dev.dragoman.device.cpu;

import static org.bytedeco.dnnl.global.dnnl.*;

import dev.dragoman.device.Activation;
import dev.dragoman.device.DataType;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.Pointer;

/**
 * act(x·Wᵀ + b) on oneDNN for one number of rows: the generated kernel and its arguments. With
 * 8-bit integers it is x·Wᵀ with the scales of the weights, and without bias: the rows' scales come
 * first.
 */
final class Product implements AutoCloseable {
  private final dnnl_primitive primitive = new dnnl_primitive();
  private final dnnl_memory source = new dnnl_memory();
  private final dnnl_memory weights = new dnnl_memory();
  private final dnnl_memory perOutput = new dnnl_memory();
  private final dnnl_memory result = new dnnl_memory();
  private final dnnl_exec_arg_t arguments = new dnnl_exec_arg_t(4);

  /** A matrix in native memory: its numbers' type and the distance of its rows. */
  record Operand(DataType type, int stride) {}

  /** What tells kernels apart. Products of equal shape share one, whatever their weights. */
  record Shape(
      int rows, int inputs, int outputs, Activation activation, Operand source, Operand result) {}

  Product(Shape shape, PackedLinear like) {
    dnnl_memory_desc from = layout(shape.rows, shape.inputs, shape.source);
    boolean scaled = shape.source.type == DataType.I8;
    dnnl_memory_desc addend =
        scaled ? OneDnn.vector(shape.outputs) : OneDnn.matrix(1, shape.outputs, dnnl_f32, dnnl_ab);
    dnnl_memory_desc to = layout(shape.rows, shape.outputs, shape.result);
    dnnl_primitive_desc description = new dnnl_primitive_desc();
    OneDnn.check(
        dnnl_matmul_primitive_desc_create(
            description,
            OneDnn.engine(),
            from,
            like.layout(),
            scaled ? null : addend,
            to,
            scaled ? PackedLinear.scales() : attributes(shape.activation)),
        "multiply " + shape);
    OneDnn.check(dnnl_primitive_create(primitive, description), "multiply " + shape);
    dnnl_primitive_desc_destroy(description);
    argument(0, DNNL_ARG_SRC, source, from);
    argument(1, DNNL_ARG_WEIGHTS, weights, like.layout());
    int role = scaled ? DNNL_ARG_ATTR_SCALES | DNNL_ARG_WEIGHTS : DNNL_ARG_BIAS;
    argument(2, role, perOutput, addend);
    argument(3, DNNL_ARG_DST, result, to);
  }

  /** Multiplies what lies at {@code from} into {@code to}. */
  void run(Pointer from, PackedLinear linear, Pointer to, dnnl_stream stream) {
    dnnl_memory_set_data_handle(source, from);
    dnnl_memory_set_data_handle(weights, linear.weights());
    dnnl_memory_set_data_handle(perOutput, linear.perOutput());
    dnnl_memory_set_data_handle(result, to);
    OneDnn.check(dnnl_primitive_execute(primitive, stream, 4, arguments), "multiply");
  }

  @Override
  public void close() {
    dnnl_primitive_destroy(primitive);
    dnnl_memory_destroy(source);
    dnnl_memory_destroy(weights);
    dnnl_memory_destroy(perOutput);
    dnnl_memory_destroy(result);
    arguments.close();
  }

  private static dnnl_memory_desc layout(int rows, int columns, Operand operand) {
    return OneDnn.rows(rows, columns, operand.stride, PackedLinear.dnnlType(operand.type));
  }

  private void argument(int index, int role, dnnl_memory memory, dnnl_memory_desc layout) {
    OneDnn.check(dnnl_memory_create(memory, layout, OneDnn.engine(), null), "pass a matrix");
    arguments.getPointer(index).arg(role).memory(memory);
  }

  private static dnnl_primitive_attr attributes(Activation activation) {
    dnnl_primitive_attr attributes = OneDnn.attributes();
    if (activation != Activation.NONE) {
      dnnl_post_ops after = new dnnl_post_ops();
      OneDnn.check(dnnl_post_ops_create(after), "make attributes");
      int function = OneDnn.function(activation);
      float slope = OneDnn.slope(activation);
      OneDnn.check(dnnl_post_ops_append_eltwise(after, function, slope, 0), "add " + activation);
      OneDnn.check(dnnl_primitive_attr_set_post_ops(attributes, after), "add " + activation);
    }
    return attributes;
  }
}
