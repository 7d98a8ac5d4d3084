// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import static org.bytedeco.dnnl.global.dnnl.*;

import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import dev.dragoman.device.Activation;
import dev.dragoman.device.DeviceUnavailableException;
import dev.dragoman.natives.NativeFolders;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.Loader;

/**
 * The oneDNN library, loaded once for the process. Its engine is immutable and shared by all
 * threads.
 */
final class OneDnn {
  /** The best first; a set has the bits of what it contains. */
  private static final Map<String, Integer> INSTRUCTION_SETS = new LinkedHashMap<>();

  static {
    INSTRUCTION_SETS.put("AMX with float16", dnnl_cpu_isa_avx512_core_amx_fp16);
    INSTRUCTION_SETS.put("AMX", dnnl_cpu_isa_avx512_core_amx);
    INSTRUCTION_SETS.put("AVX-512 with float16", dnnl_cpu_isa_avx512_core_fp16);
    INSTRUCTION_SETS.put("AVX-512 with bfloat16", dnnl_cpu_isa_avx512_core_bf16);
    INSTRUCTION_SETS.put("AVX-512 with VNNI", dnnl_cpu_isa_avx512_core_vnni);
    INSTRUCTION_SETS.put("AVX-512", dnnl_cpu_isa_avx512_core);
    INSTRUCTION_SETS.put("AVX2 with VNNI", dnnl_cpu_isa_avx2_vnni);
    INSTRUCTION_SETS.put("AVX2", dnnl_cpu_isa_avx2);
    INSTRUCTION_SETS.put("AVX", dnnl_cpu_isa_avx);
    INSTRUCTION_SETS.put("SSE4.1", dnnl_cpu_isa_sse41);
  }

  private static dnnl_engine engine;
  private static Optional<IntegerRange> integerRange;

  private OneDnn() {}

  /** Returns the processor. */
  static synchronized dnnl_engine engine() {
    if (engine == null) { // no static initializer: what fails in one is not the exception it threw
      engine = load();
    }
    return engine;
  }

  /** Returns whether the processor multiplies bfloat16 faster than float32. */
  static boolean multipliesBfloat16() {
    engine();
    int needed = dnnl_cpu_isa_avx512_core_bf16;
    return (dnnl_get_effective_cpu_isa() & needed) == needed;
  }

  /** Returns how wide integers have exact products on this processor; empty if none have. */
  static synchronized Optional<IntegerRange> integerRange() {
    if (integerRange == null) {
      integerRange = IntegerCheck.widestExact();
    }
    return integerRange;
  }

  /** Returns which of the processor's instructions oneDNN uses, to be read. */
  static String instructionSet() {
    engine();
    int used = dnnl_get_effective_cpu_isa();
    return INSTRUCTION_SETS.entrySet().stream()
        .filter(set -> (used & set.getValue()) == set.getValue())
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse("other instructions");
  }

  /** Describes a matrix of oneDNN's type {@code type} in the layout {@code tag}. */
  static dnnl_memory_desc matrix(long rows, long columns, int type, int tag) {
    dnnl_memory_desc description = new dnnl_memory_desc();
    check(
        dnnl_memory_desc_create_with_tag(description, 2, new long[] {rows, columns}, type, tag),
        "describe a " + rows + "x" + columns + " matrix");
    return description;
  }

  /** Describes a vector of float32. */
  static dnnl_memory_desc vector(long count) {
    dnnl_memory_desc description = new dnnl_memory_desc();
    check(
        dnnl_memory_desc_create_with_tag(description, 1, new long[] {count}, dnnl_f32, dnnl_a),
        "describe " + count + " numbers");
    return description;
  }

  /** Describes a matrix whose rows begin {@code stride} numbers apart. */
  static dnnl_memory_desc rows(long rows, long columns, long stride, int type) {
    dnnl_memory_desc description = new dnnl_memory_desc();
    check(
        dnnl_memory_desc_create_with_strides(
            description, 2, new long[] {rows, columns}, type, new long[] {stride, 1}),
        "describe a " + rows + "x" + columns + " matrix");
    return description;
  }

  /** Returns a new stream: oneDNN's queue of operations. */
  static dnnl_stream stream() {
    dnnl_stream stream = new dnnl_stream();
    check(dnnl_stream_create(stream, engine(), dnnl_stream_default_flags), "make a stream");
    return stream;
  }

  /** Attributes of a primitive, without any set. */
  static dnnl_primitive_attr attributes() {
    dnnl_primitive_attr attributes = new dnnl_primitive_attr();
    check(dnnl_primitive_attr_create(attributes), "make attributes");
    return attributes;
  }

  /** oneDNN's name for an activation. */
  static int function(Activation activation) {
    return switch (activation) {
      case RELU -> dnnl_eltwise_relu;
      case SWISH -> dnnl_eltwise_swish;
      case GELU -> dnnl_eltwise_gelu_erf;
      case GELU_TANH -> dnnl_eltwise_gelu_tanh;
      case NONE -> throw new IllegalArgumentException("no function");
    };
  }

  /** oneDNN's swish is x·sigmoid(αx), its relu has slope α below zero. */
  static float slope(Activation activation) {
    return activation == Activation.SWISH ? 1 : 0;
  }

  /** Turns oneDNN's status into an exception that says what was being done. */
  static void check(int status, String what) {
    if (status != dnnl_success) {
      throw new IllegalStateException("oneDNN could not " + what + ": status " + status);
    }
  }

  private static dnnl_engine load() {
    try {
      NativeFolders.load(
          () -> {
            forbidThreads();
            return Loader.load(org.bytedeco.dnnl.global.dnnl.class);
          });
    } catch (UnsatisfiedLinkError | NoClassDefFoundError e) {
      throw new DeviceUnavailableException(
          "oneDNN, the CPU's matrix library, is not there for this platform ("
              + Loader.getPlatform()
              + "): add its org.bytedeco:dnnl natives",
          e);
    }
    dnnl_engine engine = new dnnl_engine();
    check(dnnl_engine_create(engine, dnnl_cpu, 0), "use the processor");
    return engine;
  }

  /**
   * Keeps oneDNN to one thread. It splits each product over OpenMP threads, which costs more than
   * it gains on products as thin as ours; whole workers run side by side instead. OpenMP reads the
   * variable when it is loaded. The launcher has set it, which saves JNA's start.
   */
  private static void forbidThreads() {
    String variable = "OMP_NUM_THREADS";
    String wanted = "1";
    if (!wanted.equals(System.getenv(variable)) && !Platform.isWindows()) {
      NativeLibrary.getInstance(Platform.C_LIBRARY_NAME)
          .getFunction("setenv")
          .invokeInt(new Object[] {variable, wanted, 1});
    }
  }
}
