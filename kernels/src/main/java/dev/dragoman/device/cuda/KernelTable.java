package dev.dragoman.device.cuda;

import static jcuda.driver.JCudaDriver.cuFuncGetAttribute;
import static jcuda.driver.JCudaDriver.cuFuncSetAttribute;
import static jcuda.driver.JCudaDriver.cuModuleGetFunction;
import static jcuda.driver.JCudaDriver.cuModuleLoadData;
import static jcuda.driver.JCudaDriver.cuModuleUnload;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jcuda.CudaException;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.CUmodule;

/** All kernels by name, resolved when the module is loaded. */
final class KernelTable implements AutoCloseable {
  /** Operations that exist for F32, F16 and BF16 tensors. */
  private static final List<String> TYPED =
      List.of(
          "embed_packed",
          "embed_decoding",
          "norm",
          "add_norm",
          "add",
          "append",
          "bind",
          "attend_sentence",
          "attend_source",
          "attend_past",
          "attend_split_source",
          "attend_split_past",
          "attention_scores_sentence",
          "attention_scores_source",
          "attention_scores_past",
          "masked_softmax",
          "weighted_sum_sentence",
          "weighted_sum_source",
          "weighted_sum_past",
          "linear",
          "add_bias",
          "feed_forward");

  /** Products on tensor cores; those with F32 results have _f32 behind the type. */
  private static final List<String> ON_TENSOR_CORES =
      List.of(
          "linear_thin_%s",
          "linear_wide_%s",
          "linear_%s_f32",
          "linear_thin_%s_f32",
          "linear_wide_%s_f32",
          "feed_forward_wide_%s");

  private static final List<String> OTHERS =
      List.of(
          "start_slots_i32",
          "best_tokens_f32",
          "best_listed_tokens_f32",
          "advance_f32",
          "keep_attention_f32",
          "quantize_f16",
          "quantize_f32",
          "linear_quantizing_i8_f16",
          "linear_i8_f16",
          "linear_i8_f32",
          "linear_thin_i8_f16",
          "linear_thin_i8_f32",
          "linear_tall_i8_f16",
          "linear_tall_i8_f32",
          "linear_wide_i8_f16",
          "linear_wide_i8_f32",
          "linear_widest_i8_f16",
          "linear_widest_i8_f32",
          "copy_f32",
          "copy_f16",
          "find_difference",
          "convert_f16_f32",
          "convert_f32_f16",
          "convert_bf16_f32",
          "convert_f32_bf16");

  /**
   * A kernel on a GPU.
   *
   * @param dynamicSharedBytes the most that a launch may ask for
   */
  record Kernel(CUfunction function, int dynamicSharedBytes) {}

  private final CUmodule module;
  private final Map<String, Kernel> kernels;

  private KernelTable(CUmodule module, Map<String, Kernel> kernels) {
    this.module = module;
    this.kernels = kernels;
  }

  /**
   * Loads the kernels into the current context.
   *
   * @param sharedBytes the most shared memory that a block can have, static and dynamic
   * @throws CudaFailure if there are none for this GPU, or one is missing
   */
  static KernelTable load(int sharedBytes) {
    CUmodule module = new CUmodule();
    byte[] image = Fatbin.load().image();
    CudaFailure.guard("load the kernels", () -> cuModuleLoadData(module, image));
    Map<String, Kernel> kernels =
        names()
            .collect(
                Collectors.toMap(Function.identity(), name -> resolve(module, name, sharedBytes)));
    return new KernelTable(module, kernels);
  }

  /** The name of every kernel. */
  static Stream<String> names() {
    return Stream.of(
            TYPED.stream().flatMap(name -> typed(name + "_%s", "f32", "f16", "bf16")),
            ON_TENSOR_CORES.stream().flatMap(name -> typed(name, "f16", "bf16")),
            OTHERS.stream())
        .flatMap(names -> names);
  }

  private static Stream<String> typed(String name, String... types) {
    return Stream.of(types).map(name::formatted);
  }

  Kernel kernel(String name) {
    Kernel kernel = kernels.get(name);
    if (kernel == null) {
      throw new CudaFailure("there is no kernel " + name);
    }
    return kernel;
  }

  private static Kernel resolve(CUmodule module, String name, int sharedBytes) {
    CUfunction function = new CUfunction();
    try {
      cuModuleGetFunction(function, module, name);
    } catch (CudaException e) {
      throw new CudaFailure(
          "kernel " + name + " is not in the fatbin, which does not fit this program", e);
    }
    int[] staticBytes = new int[1];
    CudaFailure.guard(
        "ask for the shared memory of kernel " + name,
        () ->
            cuFuncGetAttribute(
                staticBytes, CUfunction_attribute.CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES, function));
    int dynamicBytes = sharedBytes - staticBytes[0];
    CudaFailure.guard(
        "let kernel " + name + " have " + dynamicBytes + " bytes of dynamic shared memory",
        () ->
            cuFuncSetAttribute(
                function,
                CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES,
                dynamicBytes));
    return new Kernel(function, dynamicBytes);
  }

  @Override
  public void close() {
    CudaFailure.guard("unload the kernels", () -> cuModuleUnload(module));
  }
}
