// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import static org.bytedeco.dnnl.global.dnnl.*;

import dev.dragoman.device.Activation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.Pointer;

/** Activations in place on oneDNN, one kernel for each size. */
final class Elementwise implements AutoCloseable {
  private final dnnl_stream stream;
  private final Map<List<Object>, Kernel> kernels = new HashMap<>();

  /** A dense matrix of float32. */
  private record Size(Activation activation, int rows, int columns) {

    /** Returns a key as {@link Product.Problem#key} does. */
    List<Object> key() {
      return List.of(activation, rows, columns);
    }
  }

  Elementwise(dnnl_stream stream) {
    this.stream = stream;
  }

  /** Prepares x ← act(x) on a dense matrix, to be run any number of times. */
  Runnable apply(Activation activation, int rows, int columns, Supplier<Pointer> x) {
    if (activation == Activation.NONE) {
      return () -> {};
    }
    Size size = new Size(activation, rows, columns);
    Kernel kernel = kernels.computeIfAbsent(size.key(), missing -> new Kernel(size));
    return () -> kernel.run(x.get(), stream);
  }

  @Override
  public void close() {
    kernels.values().forEach(Kernel::close);
  }

  private static final class Kernel implements AutoCloseable {
    private final dnnl_primitive primitive = new dnnl_primitive();
    private final dnnl_memory memory = new dnnl_memory();
    private final dnnl_exec_arg_t arguments = new dnnl_exec_arg_t(2);

    Kernel(Size size) {
      dnnl_memory_desc layout = OneDnn.matrix(size.rows, size.columns, dnnl_f32, dnnl_ab);
      dnnl_primitive_attr attributes = OneDnn.attributes();
      dnnl_primitive_desc description = new dnnl_primitive_desc();
      OneDnn.check(
          dnnl_eltwise_forward_primitive_desc_create(
              description,
              OneDnn.engine(),
              dnnl_forward_inference,
              OneDnn.function(size.activation),
              layout,
              layout,
              OneDnn.slope(size.activation),
              0,
              attributes),
          "apply " + size.activation);
      OneDnn.check(dnnl_primitive_create(primitive, description), "apply " + size.activation);
      dnnl_primitive_desc_destroy(description);
      OneDnn.check(
          dnnl_memory_create(memory, layout, OneDnn.engine(), null), "apply " + size.activation);
      arguments.getPointer(0).arg(DNNL_ARG_SRC).memory(memory);
      arguments.getPointer(1).arg(DNNL_ARG_DST).memory(memory);
    }

    void run(Pointer x, dnnl_stream stream) {
      dnnl_memory_set_data_handle(memory, x);
      OneDnn.check(dnnl_primitive_execute(primitive, stream, 2, arguments), "apply an activation");
    }

    @Override
    public void close() {
      dnnl_primitive_destroy(primitive);
      dnnl_memory_destroy(memory);
      arguments.close();
    }
  }
}
