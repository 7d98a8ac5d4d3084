package dev.dragoman.device.cuda;

import static jcuda.driver.JCudaDriver.cuLaunchKernel;

import java.util.Arrays;
import jcuda.NativePointerObject;
import jcuda.Pointer;
import jcuda.driver.CUstream;

/** Launches kernels on one stream; every launch is checked. */
final class KernelLauncher {
  private final KernelTable kernels;
  private final CUstream stream;

  KernelLauncher(KernelTable kernels, CUstream stream) {
    this.kernels = kernels;
    this.stream = stream;
  }

  /**
   * Launches a kernel.
   *
   * @param arguments in the kernel's order: a {@link CudaTensor} or a {@link DevicePointer} for a
   *     pointer, an Integer, a Float
   * @throws CudaFailure naming kernel, grid and shapes, if it cannot be launched
   */
  void launch(String kernel, Grid grid, Object... arguments) {
    if (grid.x() == 0 || grid.y() == 0) {
      return; // nothing to do, which CUDA takes for an error
    }
    KernelTable.Kernel compiled = kernels.kernel(kernel);
    if (grid.sharedBytes() > compiled.dynamicSharedBytes()) {
      throw new CudaFailure(
          describe(kernel, grid, arguments)
              + ": a block of this GPU has only "
              + compiled.dynamicSharedBytes()
              + " bytes of shared memory for it");
    }
    NativePointerObject[] pointers = new NativePointerObject[arguments.length];
    for (int i = 0; i < pointers.length; i++) {
      pointers[i] = pointer(arguments[i]);
    }
    try {
      cuLaunchKernel(
          compiled.function(),
          grid.x(),
          grid.y(),
          1,
          grid.threads(),
          1,
          1,
          grid.sharedBytes(),
          stream,
          Pointer.to(pointers),
          null);
    } catch (jcuda.CudaException e) {
      throw new CudaFailure(describe(kernel, grid, arguments) + ": " + e.getMessage(), e);
    }
  }

  private static Pointer pointer(Object argument) {
    if (argument instanceof Integer number) {
      return Pointer.to(new int[] {number});
    }
    if (argument instanceof Float number) {
      return Pointer.to(new float[] {number});
    }
    if (argument instanceof CudaTensor tensor) {
      return Pointer.to(new long[] {tensor.pointer().address()});
    }
    if (argument instanceof DevicePointer pointer) {
      return Pointer.to(new long[] {pointer.address()});
    }
    throw new IllegalArgumentException("not an argument of a kernel: " + argument);
  }

  private static String describe(String kernel, Grid grid, Object... arguments) {
    return "launch " + kernel + grid + Arrays.toString(arguments);
  }
}
