// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import static org.bytedeco.dnnl.global.dnnl.*;

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

/** Rounds float32 to bfloat16 on oneDNN, one kernel for each size. */
final class Conversions implements AutoCloseable {
  private final dnnl_stream stream;
  private final Map<List<Object>, Conversion> kernels = new HashMap<>();

  /** A matrix of float32 and the distance of its rows; its bfloat16 form is dense. */
  record Size(int rows, int columns, int stride) {

    /** Returns a key as {@link Product.Problem#key} does. */
    List<Object> key() {
      return List.of(rows, columns, stride);
    }
  }

  Conversions(dnnl_stream stream) {
    this.stream = stream;
  }

  /** Prepares to ← from, rounded, to be run any number of times. */
  Runnable toBfloat16(Size size, Pointer from, Supplier<Pointer> to) {
    Conversion kernel = kernels.computeIfAbsent(size.key(), missing -> new Conversion(size));
    return () -> kernel.run(from, to.get(), stream);
  }

  @Override
  public void close() {
    kernels.values().forEach(Conversion::close);
  }

  private static final class Conversion implements AutoCloseable {
    private final dnnl_primitive primitive = new dnnl_primitive();
    private final dnnl_memory from = new dnnl_memory();
    private final dnnl_memory to = new dnnl_memory();
    private final dnnl_exec_arg_t arguments = new dnnl_exec_arg_t(2);

    Conversion(Size size) {
      dnnl_memory_desc wide = OneDnn.rows(size.rows, size.columns, size.stride, dnnl_f32);
      dnnl_memory_desc narrow = OneDnn.matrix(size.rows, size.columns, dnnl_bf16, dnnl_ab);
      dnnl_primitive_attr attributes = OneDnn.attributes();
      dnnl_primitive_desc description = new dnnl_primitive_desc();
      OneDnn.check(
          dnnl_reorder_primitive_desc_create(
              description, wide, OneDnn.engine(), narrow, OneDnn.engine(), attributes),
          "convert to bfloat16");
      OneDnn.check(dnnl_primitive_create(primitive, description), "convert to bfloat16");
      dnnl_primitive_desc_destroy(description);
      OneDnn.check(dnnl_memory_create(from, wide, OneDnn.engine(), null), "convert to bfloat16");
      OneDnn.check(dnnl_memory_create(to, narrow, OneDnn.engine(), null), "convert to bfloat16");
      arguments.getPointer(0).arg(DNNL_ARG_FROM).memory(from);
      arguments.getPointer(1).arg(DNNL_ARG_TO).memory(to);
    }

    void run(Pointer source, Pointer result, dnnl_stream stream) {
      dnnl_memory_set_data_handle(from, source);
      dnnl_memory_set_data_handle(to, result);
      OneDnn.check(dnnl_primitive_execute(primitive, stream, 2, arguments), "convert to bfloat16");
    }

    @Override
    public void close() {
      dnnl_primitive_destroy(primitive);
      dnnl_memory_destroy(from);
      dnnl_memory_destroy(to);
      arguments.close();
    }
  }
}
