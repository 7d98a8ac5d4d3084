package dev.dragoman.device.cpu;

import static org.bytedeco.dnnl.global.dnnl.*;

import dev.dragoman.device.Activation;
import dev.dragoman.device.DataType;
import dev.dragoman.device.HostTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.Pointer;

/** Brings weights into the layout and the precision of products. */
final class Packing {
  /** Weights are integers from -127 to 127, in eight bits whatever x has. */
  private static final int STEPS = 127;

  /**
   * The layout is chosen for this many rows and used for all: one copy, and one order of additions.
   */
  private static final int TYPICAL_ROWS = 64;

  /** Slices begin at multiples of so many outputs, which is what vectors want. */
  private static final int STEP = 16;

  private final DataType precision;
  private final ProductTypes types;
  private final IntegerRange range;
  private final dnnl_stream stream;

  /**
   * For products of a precision.
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
    float[] numbers = weight.floats();
    int count = (outputs + most - 1) / most;
    int width = Math.min(outputs, ((outputs + count - 1) / count + STEP - 1) / STEP * STEP);
    List<PackedSlice> slices = new ArrayList<>();
    for (int first = 0; first < outputs; first += width) {
      int end = Math.min(outputs, first + width);
      float[] part =
          width == outputs ? numbers : Arrays.copyOfRange(numbers, first * inputs, end * inputs);
      PackedSlice.Place place = new PackedSlice.Place(first, end - first, inputs);
      slices.add(slice(place, part, Arrays.copyOfRange(bias, first, end)));
    }
    return new PackedLinear(inputs, outputs, List.copyOf(slices));
  }

  private PackedSlice slice(PackedSlice.Place place, float[] numbers, float[] bias) {
    int inputs = place.inputs();
    int outputs = place.outputs();
    dnnl_memory_desc layout = bestLayout(inputs, outputs);
    AlignedMemory memory = AlignedMemory.bytes(dnnl_memory_desc_get_size(layout));
    if (precision == DataType.I8) {
      byte[] integers = new byte[numbers.length];
      PackedSlice.PerOutput perOutput = quantize(numbers, inputs, integers, bias);
      try (AlignedMemory plain = AlignedMemory.bytes(integers.length)) {
        plain.bytes().put(integers);
        reorder(OneDnn.matrix(inputs, outputs, dnnl_s8, dnnl_ba), plain, layout, memory);
      }
      return new PackedSlice(place, layout, memory, perOutput);
    }
    try (AlignedMemory plain = AlignedMemory.words(numbers.length)) {
      plain.floats().put(numbers);
      reorder(OneDnn.matrix(inputs, outputs, dnnl_f32, dnnl_ba), plain, layout, memory);
    }
    return new PackedSlice(
        place, layout, memory, new PackedSlice.PerOutput(new float[0], bias, new float[0]));
  }

  /**
   * Rounds each output's weights to integers with a scale of their own. The offset of x adds the
   * sum of the weights so many times to each sum, which is taken away again after scaling.
   */
  private PackedSlice.PerOutput quantize(
      float[] numbers, int inputs, byte[] integers, float[] bias) {
    float[] scales = new float[bias.length];
    float[] added = new float[bias.length];
    for (int output = 0; output < bias.length; output++) {
      int first = output * inputs;
      float most = 0;
      for (int i = first; i < first + inputs; i++) {
        most = Math.max(most, Math.abs(numbers[i]));
      }
      scales[output] = most / STEPS;
      float inverse = most == 0 ? 0 : STEPS / most;
      int sum = 0;
      for (int i = first; i < first + inputs; i++) {
        integers[i] = (byte) Math.rint(numbers[i] * inverse);
        sum += integers[i];
      }
      added[output] = -(float) range.offset() * sum * scales[output];
    }
    return new PackedSlice.PerOutput(scales, added, bias);
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
   * Brings numbers into the layout. W is outputs × inputs; oneDNN multiplies by inputs × outputs:
   * the same numbers read by columns.
   */
  private void reorder(
      dnnl_memory_desc plain,
      AlignedMemory numbers,
      dnnl_memory_desc layout,
      AlignedMemory packed) {
    String what = "reorder weights";
    dnnl_primitive_desc description = new dnnl_primitive_desc();
    OneDnn.check(
        dnnl_reorder_primitive_desc_create(
            description, plain, OneDnn.engine(), layout, OneDnn.engine(), OneDnn.attributes()),
        what);
    dnnl_primitive reorder = new dnnl_primitive();
    OneDnn.check(dnnl_primitive_create(reorder, description), what);
    dnnl_memory from = new dnnl_memory();
    dnnl_memory to = new dnnl_memory();
    Pointer source = numbers.bytes();
    OneDnn.check(dnnl_memory_create(from, plain, OneDnn.engine(), source), what);
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
}
