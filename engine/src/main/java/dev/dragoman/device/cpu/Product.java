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

/** act(x·Wᵀ + b) on oneDNN for one number of rows: the generated kernel and its arguments. */
final class Product implements AutoCloseable {
  private final dnnl_primitive primitive = new dnnl_primitive();
  private final dnnl_memory source = new dnnl_memory();
  private final dnnl_memory weights = new dnnl_memory();
  private final dnnl_memory bias = new dnnl_memory();
  private final dnnl_memory result = new dnnl_memory();
  private final dnnl_exec_arg_t arguments = new dnnl_exec_arg_t(4);

  /** A matrix in native memory: its numbers' type and the distance of its rows. */
  record Operand(DataType type, int stride) {}

  /** What tells kernels apart. Products of equal shape share one, whatever their weights. */
  record Shape(
      int rows, int inputs, int outputs, Activation activation, Operand source, Operand result) {}

  Product(Shape shape, PackedLinear like) {
    dnnl_memory_desc from = layout(shape.rows, shape.inputs, shape.source);
    dnnl_memory_desc addend = OneDnn.matrix(1, shape.outputs, dnnl_f32, dnnl_ab);
    dnnl_memory_desc to = layout(shape.rows, shape.outputs, shape.result);
    dnnl_primitive_desc description = new dnnl_primitive_desc();
    OneDnn.check(
        dnnl_matmul_primitive_desc_create(
            description,
            OneDnn.engine(),
            from,
            like.layout(),
            addend,
            to,
            attributes(shape.activation)),
        "multiply " + shape);
    OneDnn.check(dnnl_primitive_create(primitive, description), "multiply " + shape);
    dnnl_primitive_desc_destroy(description);
    argument(0, DNNL_ARG_SRC, source, from);
    argument(1, DNNL_ARG_WEIGHTS, weights, like.layout());
    argument(2, DNNL_ARG_BIAS, bias, addend);
    argument(3, DNNL_ARG_DST, result, to);
  }

  /** Multiplies what lies at {@code from} into {@code to}. */
  void run(Pointer from, PackedLinear linear, Pointer to, dnnl_stream stream) {
    dnnl_memory_set_data_handle(source, from);
    dnnl_memory_set_data_handle(weights, linear.weights());
    dnnl_memory_set_data_handle(bias, linear.bias());
    dnnl_memory_set_data_handle(result, to);
    OneDnn.check(dnnl_primitive_execute(primitive, stream, 4, arguments), "multiply");
  }

  @Override
  public void close() {
    dnnl_primitive_destroy(primitive);
    dnnl_memory_destroy(source);
    dnnl_memory_destroy(weights);
    dnnl_memory_destroy(bias);
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
    dnnl_primitive_attr attributes = new dnnl_primitive_attr();
    OneDnn.check(dnnl_primitive_attr_create(attributes), "make attributes");
    if (activation != Activation.NONE) {
      dnnl_post_ops after = new dnnl_post_ops();
      OneDnn.check(dnnl_post_ops_create(after), "make attributes");
      // oneDNN's swish is x·sigmoid(αx), its relu has slope α below zero.
      float alpha = activation == Activation.SWISH ? 1 : 0;
      int function = function(activation);
      OneDnn.check(dnnl_post_ops_append_eltwise(after, function, alpha, 0), "add " + activation);
      OneDnn.check(dnnl_primitive_attr_set_post_ops(attributes, after), "add " + activation);
    }
    return attributes;
  }

  private static int function(Activation activation) {
    return switch (activation) {
      case RELU -> dnnl_eltwise_relu;
      case SWISH -> dnnl_eltwise_swish;
      case GELU -> dnnl_eltwise_gelu_erf;
      case GELU_TANH -> dnnl_eltwise_gelu_tanh;
      case NONE -> throw new IllegalArgumentException("no function");
    };
  }
}
