// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import static org.bytedeco.dnnl.global.dnnl.*;

import dev.dragoman.device.Activation;
import dev.dragoman.device.DataType;
import java.util.List;
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
 * act(x·Wᵀ·t + b) on oneDNN for one number of rows: the generated kernel and its arguments. The
 * scales t are there for integers only.
 */
final class Product implements AutoCloseable {
  /** oneDNN's mask for numbers that differ from output to output, the second dimension of Wᵀ. */
  private static final int OUTPUTS = 1 << 1;

  private final dnnl_primitive primitive = new dnnl_primitive();
  private final dnnl_memory source = new dnnl_memory();
  private final dnnl_memory weights = new dnnl_memory();
  private final dnnl_memory result = new dnnl_memory();
  private final dnnl_memory added = new dnnl_memory();
  private final dnnl_memory scales = new dnnl_memory();
  private final dnnl_exec_arg_t arguments = new dnnl_exec_arg_t(5);
  private final int argumentCount;

  /** A matrix in native memory: oneDNN's type of its numbers and the distance of its rows. */
  record Operand(int type, int stride) {}

  /**
   * Sizes and types that a kernel is made for. Products of the same ones share it, whatever their
   * weights.
   */
  record Problem(
      int rows, int inputs, int outputs, Activation activation, Operand source, Operand result) {

    /**
     * Returns the product of so many rows with these weights, without an activation or gaps between
     * rows.
     */
    static Problem dense(DataType precision, int rows, PackedSlice weights) {
      return new Problem(
          rows,
          weights.inputs(),
          weights.outputs(),
          Activation.NONE,
          new Operand(ProductTypes.of(precision).x(), weights.inputs()),
          new Operand(dnnl_f32, weights.outputs()));
    }

    /**
     * Returns what is equal for equal problems. Java makes what a record itself compares by at its
     * first use, which takes longer than a product.
     */
    List<Object> key() {
      return List.of(
          rows,
          inputs,
          outputs,
          activation,
          source.type,
          source.stride,
          result.type,
          result.stride);
    }

    @Override
    public String toString() {
      return rows + "x" + inputs + " by " + inputs + "x" + outputs;
    }
  }

  Product(Problem problem, PackedSlice like) {
    dnnl_memory_desc from = layout(problem.rows, problem.inputs, problem.source);
    dnnl_memory_desc to = layout(problem.rows, problem.outputs, problem.result);
    dnnl_memory_desc addend = OneDnn.matrix(1, problem.outputs, dnnl_f32, dnnl_ab);
    dnnl_primitive_desc description = new dnnl_primitive_desc();
    OneDnn.check(
        dnnl_matmul_primitive_desc_create(
            description,
            OneDnn.engine(),
            from,
            like.layout(),
            addend,
            to,
            attributes(problem.source.type, problem.activation)),
        "multiply " + problem);
    OneDnn.check(dnnl_primitive_create(primitive, description), "multiply " + problem);
    dnnl_primitive_desc_destroy(description);
    argument(0, DNNL_ARG_SRC, source, from);
    argument(1, DNNL_ARG_WEIGHTS, weights, like.layout());
    argument(2, DNNL_ARG_DST, result, to);
    argument(3, DNNL_ARG_BIAS, added, addend);
    argument(4, DNNL_ARG_ATTR_SCALES | DNNL_ARG_WEIGHTS, scales, OneDnn.vector(problem.outputs));
    this.argumentCount = isOfIntegers(problem.source.type) ? 5 : 4;
  }

  /** Multiplies what lies at {@code from} into {@code to}. */
  void run(Pointer from, PackedSlice slice, Pointer to, dnnl_stream stream) {
    dnnl_memory_set_data_handle(source, from);
    dnnl_memory_set_data_handle(weights, slice.weights());
    dnnl_memory_set_data_handle(result, to);
    dnnl_memory_set_data_handle(added, slice.added());
    dnnl_memory_set_data_handle(scales, slice.scales());
    OneDnn.check(dnnl_primitive_execute(primitive, stream, argumentCount, arguments), "multiply");
  }

  @Override
  public void close() {
    dnnl_primitive_destroy(primitive);
    dnnl_memory_destroy(source);
    dnnl_memory_destroy(weights);
    dnnl_memory_destroy(result);
    dnnl_memory_destroy(added);
    dnnl_memory_destroy(scales);
    arguments.close();
  }

  private static dnnl_memory_desc layout(int rows, int columns, Operand operand) {
    return OneDnn.rows(rows, columns, operand.stride, operand.type);
  }

  private void argument(int index, int role, dnnl_memory memory, dnnl_memory_desc layout) {
    OneDnn.check(dnnl_memory_create(memory, layout, OneDnn.engine(), null), "pass a matrix");
    arguments.getPointer(index).arg(role).memory(memory);
  }

  private static boolean isOfIntegers(int type) {
    return type == dnnl_u8;
  }

  /** Returns the attributes of a product with x of oneDNN's type {@code type}. */
  static dnnl_primitive_attr attributes(int type, Activation activation) {
    dnnl_primitive_attr attributes = OneDnn.attributes();
    if (isOfIntegers(type)) {
      OneDnn.check(
          dnnl_primitive_attr_set_scales_mask(attributes, DNNL_ARG_WEIGHTS, OUTPUTS),
          "scale weights");
    }
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
