// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static jcuda.driver.JCudaDriver.cuFuncGetAttribute;
import static jcuda.driver.JCudaDriver.cuFuncSetAttribute;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoH;
import static jcuda.driver.JCudaDriver.cuModuleGetFunction;
import static jcuda.driver.JCudaDriver.cuModuleGetGlobal;
import static jcuda.driver.JCudaDriver.cuModuleLoadData;
import static jcuda.driver.JCudaDriver.cuModuleUnload;

import dev.dragoman.device.cuda.launch.Instance;
import dev.dragoman.device.cuda.launch.Kernels;
import dev.dragoman.device.cuda.launch.Layout;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jcuda.CudaException;
import jcuda.Pointer;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.CUmodule;

/** The handles of all kernels, resolved when the module is loaded. */
final class KernelTable implements AutoCloseable {
  /** The variable of the module that tells the layout of its kernels' arguments. */
  private static final String LAYOUT = "kernel_layout";

  /**
   * A kernel on a GPU.
   *
   * @param dynamicSharedBytes the most that a launch may ask for
   */
  record Function(CUfunction handle, int dynamicSharedBytes) {}

  private final CUmodule module;
  private final Map<String, Function> functions;

  private KernelTable(CUmodule module, Map<String, Function> functions) {
    this.module = module;
    this.functions = functions;
  }

  /**
   * Loads the kernels of this program into the current context.
   *
   * @param sharedBytes the most shared memory that a block can have, static and dynamic
   * @throws CudaFailure if there are none for this GPU, or they do not fit this program
   */
  static KernelTable load(int sharedBytes) {
    return load(Fatbin.load().image(), sharedBytes);
  }

  static KernelTable load(byte[] image, int sharedBytes) {
    CUmodule module = new CUmodule();
    CudaFailure.guard("load the kernels", () -> cuModuleLoadData(module, image));
    requireLayout(layout(module));
    return new KernelTable(
        module,
        names()
            .collect(Collectors.toMap(name -> name, name -> resolve(module, name, sharedBytes))));
  }

  /** Returns the name of every kernel, for each type of numbers. */
  static Stream<String> names() {
    return Kernels.ALL.stream().flatMap(kernel -> kernel.instances().stream()).map(Instance::name);
  }

  Function function(Instance kernel) {
    return functions.get(kernel.name());
  }

  /** Returns the layout of the kernels' arguments that the module tells. */
  private static String layout(CUmodule module) {
    DevicePointer place = new DevicePointer();
    long[] bytes = new long[1];
    try {
      cuModuleGetGlobal(place, bytes, module, LAYOUT);
    } catch (CudaException e) {
      throw unfit("does not say what its kernels take", e);
    }
    byte[] text = new byte[(int) bytes[0]];
    CudaFailure.guard(
        "read the layout of the kernels' arguments",
        () -> cuMemcpyDtoH(Pointer.to(text), place, text.length));
    return new String(text, 0, text.length - 1, StandardCharsets.UTF_8); // ends with a zero
  }

  /** Refuses kernels that were made from other headers than this program. */
  static void requireLayout(String table) {
    if (table.equals(Layout.TABLE)) {
      return;
    }
    List<String> theirs = table.lines().toList();
    List<String> ours = Layout.TABLE.lines().toList();
    int line = 0;
    while (line < Math.min(theirs.size(), ours.size()) && theirs.get(line).equals(ours.get(line))) {
      line++;
    }
    throw unfit("has " + line(theirs, line) + ", and the program " + line(ours, line), null);
  }

  private static String line(List<String> table, int number) {
    return number < table.size() ? "\"" + table.get(number).replace('\t', ' ') + "\"" : "nothing";
  }

  private static CudaFailure unfit(String how, Throwable cause) {
    return new CudaFailure(
        "the kernels do not fit this program (kernels.fatbin "
            + how
            + "): build or unpack the program again",
        cause);
  }

  private static Function resolve(CUmodule module, String name, int sharedBytes) {
    CUfunction function = new CUfunction();
    try {
      cuModuleGetFunction(function, module, name);
    } catch (CudaException e) {
      throw unfit("has no kernel " + name, e);
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
    return new Function(function, dynamicBytes);
  }

  @Override
  public void close() {
    CudaFailure.guard("unload the kernels", () -> cuModuleUnload(module));
  }
}
