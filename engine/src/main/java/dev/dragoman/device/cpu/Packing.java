// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import static org.bytedeco.dnnl.global.dnnl.*;

import dev.dragoman.device.Activation;
import dev.dragoman.device.DataType;
import dev.dragoman.device.HostTensor;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;

/** Brings weights into the layout and the precision of products. */
final class Packing implements AutoCloseable {
  /** Weights are integers from -127 to 127, in eight bits whatever x has. */
  private static final int STEPS = 127;

  /**
   * The layout is chosen for this many rows and used for all: one copy, and one order of additions.
   */
  private static final int TYPICAL_ROWS = 64;

  /** Slices begin at multiples of so many outputs, which is what vectors want. */
  private static final int STEP = 16;

  /** Weights that are read at once. */
  private static final int NUMBERS_OF_BLOCK = 1 << 14;

  private final DataType precision;
  private final ProductTypes types;
  private final IntegerRange range;
  private final dnnl_stream stream;
  private final Map<List<Integer>, dnnl_memory_desc> layouts = new HashMap<>();
  private AlignedMemory plain = AlignedMemory.unset(0);

  /**
   * Packs for products of a precision.
   *
   * @param range of x where that is I8
   */
  Packing(DataType precision, IntegerRange range, dnnl_stream stream) {
    this.precision = precision;
    this.types = ProductTypes.of(precision);
    this.range = range;
    this.stream = stream;
  }

  /**
   * Packs weights.
   *
   * @param weight outputs × inputs
   * @param bias one for each output
   * @param most outputs of a slice at most; slices have equal sizes, as nearly as can be
   */
  PackedLinear pack(HostTensor weight, float[] bias, int most) {
    int outputs = weight.shape().rows();
    int inputs = weight.shape().columns();
    if (bias.length != outputs) {
      throw new IllegalArgumentException(
          weight.name() + ": " + outputs + " outputs, but " + bias.length + " biases");
    }
    int count = (outputs + most - 1) / most;
    int width = Math.min(outputs, ((outputs + count - 1) / count + STEP - 1) / STEP * STEP);
    List<PackedSlice> slices = new ArrayList<>();
    for (int first = 0; first < outputs; first += width) {
      int end = Math.min(outputs, first + width);
      PackedSlice.Place place = new PackedSlice.Place(first, end - first, inputs);
      slices.add(slice(place, weight, Arrays.copyOfRange(bias, first, end)));
    }
    return new PackedLinear(inputs, outputs, List.copyOf(slices));
  }

  private PackedSlice slice(PackedSlice.Place place, HostTensor weight, float[] bias) {
    PackedSlice.PerOutput perOutput =
        precision == DataType.I8 ? quantize(place, weight, bias) : copy(place, weight, bias);
    List<Integer> shape = List.of(place.outputs(), place.inputs());
    dnnl_memory_desc layout =
        layouts.computeIfAbsent(shape, missing -> bestLayout(place.inputs(), place.outputs()));
    AlignedMemory memory = AlignedMemory.unset(dnnl_memory_desc_get_size(layout));
    int type = precision == DataType.I8 ? dnnl_s8 : dnnl_f32;
    reorder(OneDnn.matrix(place.inputs(), place.outputs(), type, dnnl_ba), layout, memory);
    return new PackedSlice(place, layout, memory, perOutput);
  }

  /** Works on some rows of a slice. */
  private interface Block {
    /**
     * Does it.
     *
     * @param numbers of the rows
     * @param row the first of them in the slice
     */
    void accept(float[] numbers, int row, int rows);
  }

  /** Reads a slice of weights a few rows at a time, which stay in the cache. */
  private static void forEachBlock(PackedSlice.Place place, HostTensor weight, Block action) {
    int inputs = place.inputs();
    int most = Math.max(1, NUMBERS_OF_BLOCK / inputs);
    float[] numbers = new float[most * inputs];
    for (int row = 0; row < place.outputs(); row += most) {
      int rows = Math.min(most, place.outputs() - row);
      weight.read((place.first() + row) * inputs, numbers, 0, rows * inputs);
      action.accept(numbers, row, rows);
    }
  }

  /** Copies weights as they are; the kernel adds the biases. */
  private PackedSlice.PerOutput copy(PackedSlice.Place place, HostTensor weight, float[] bias) {
    int inputs = place.inputs();
    FloatBuffer plain = plain((long) place.outputs() * inputs * Float.BYTES).floatBuffer();
    forEachBlock(
        place, weight, (numbers, row, rows) -> plain.put(row * inputs, numbers, 0, rows * inputs));
    return new PackedSlice.PerOutput(new float[0], bias, new float[0]);
  }

  /**
   * Rounds each output's weights to integers with a scale of their own. The offset of x adds the
   * sum of the weights so many times to each sum, which is taken away again after scaling.
   */
  private PackedSlice.PerOutput quantize(PackedSlice.Place place, HostTensor weight, float[] bias) {
    int inputs = place.inputs();
    float[] scales = new float[bias.length];
    float[] added = new float[bias.length];
    ByteBuffer plain = plain((long) bias.length * inputs).byteBuffer();
    byte[] integers = new byte[inputs];
    forEachBlock(
        place,
        weight,
        (numbers, row, rows) -> {
          for (int i = 0; i < rows; i++) {
            float most = VectorMath.magnitude(numbers, i * inputs, inputs);
            int sum = round(numbers, i * inputs, most == 0 ? 0 : STEPS / most, integers);
            scales[row + i] = most / STEPS;
            added[row + i] = -(float) range.offset() * sum * scales[row + i];
            plain.put((row + i) * inputs, integers);
          }
        });
    return new PackedSlice.PerOutput(scales, added, bias);
  }

  /** Rounds x times a factor; gives the sum of the integers. */
  private static int round(float[] x, int from, float factor, byte[] integers) {
    int sum = 0;
    for (int i = 0; i < integers.length; i++) {
      integers[i] = (byte) Math.rint(x[from + i] * factor);
      sum += integers[i];
    }
    return sum;
  }

  /** Returns room for weights row by row, which every slice uses again. */
  private AlignedMemory plain(long bytes) {
    if (plain.size() < bytes) {
      plain.close();
      plain = AlignedMemory.unset(bytes);
    }
    return plain;
  }

  private dnnl_memory_desc bestLayout(int inputs, int outputs) {
    dnnl_primitive_desc product = new dnnl_primitive_desc();
    OneDnn.check(
        dnnl_matmul_primitive_desc_create(
            product,
            OneDnn.engine(),
            OneDnn.matrix(TYPICAL_ROWS, inputs, types.x(), dnnl_ab),
            OneDnn.matrix(inputs, outputs, types.weights(), dnnl_format_tag_any),
            OneDnn.matrix(1, outputs, dnnl_f32, dnnl_ab),
            OneDnn.matrix(TYPICAL_ROWS, outputs, dnnl_f32, dnnl_ab),
            Product.attributes(types.x(), Activation.NONE)),
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
   * Brings what {@link #plain} holds into the layout. W is outputs × inputs; oneDNN multiplies by
   * inputs × outputs: the same numbers read by columns.
   */
  private void reorder(dnnl_memory_desc rows, dnnl_memory_desc layout, AlignedMemory packed) {
    String what = "reorder weights";
    dnnl_primitive_desc description = new dnnl_primitive_desc();
    OneDnn.check(
        dnnl_reorder_primitive_desc_create(
            description, rows, OneDnn.engine(), layout, OneDnn.engine(), OneDnn.attributes()),
        what);
    dnnl_primitive reorder = new dnnl_primitive();
    OneDnn.check(dnnl_primitive_create(reorder, description), what);
    dnnl_memory from = new dnnl_memory();
    dnnl_memory to = new dnnl_memory();
    OneDnn.check(dnnl_memory_create(from, rows, OneDnn.engine(), plain.bytes()), what);
    OneDnn.check(dnnl_memory_create(to, layout, OneDnn.engine(), packed.bytes()), what);
    try (dnnl_exec_arg_t arguments = new dnnl_exec_arg_t(2)) {
      arguments.getPointer(0).arg(DNNL_ARG_FROM).memory(from);
      arguments.getPointer(1).arg(DNNL_ARG_TO).memory(to);
      OneDnn.check(dnnl_primitive_execute(reorder, stream, 2, arguments), what);
      OneDnn.check(dnnl_stream_wait(stream), what);
    }
    dnnl_memory_destroy(from);
    dnnl_memory_destroy(to);
    dnnl_primitive_destroy(reorder);
    dnnl_primitive_desc_destroy(description);
  }

  @Override
  public void close() {
    plain.close();
  }
}
