// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static jcuda.driver.JCudaDriver.cuLaunchKernel;

import dev.dragoman.device.cuda.launch.Arguments;
import dev.dragoman.device.cuda.launch.Kernel;
import dev.dragoman.device.cuda.launch.Kernels;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.CudaException;
import jcuda.Pointer;
import jcuda.driver.CUstream;

/** The launcher of kernels on one stream; it checks every launch. One thread uses it at a time. */
final class KernelLauncher {
  private static final int MOST_BYTES =
      Kernels.ALL.stream().mapToInt(Kernel::argumentBytes).max().orElseThrow();

  private final KernelTable kernels;
  private final CUstream stream;

  /**
   * The arguments of a launch. The driver copies them, so that the next launch can use the same
   * place.
   */
  private final ByteBuffer bytes =
      ByteBuffer.allocateDirect(MOST_BYTES).order(ByteOrder.nativeOrder());

  private final Pointer parameters = Pointer.to(Pointer.to(bytes));

  KernelLauncher(KernelTable kernels, CUstream stream) {
    this.kernels = kernels;
    this.stream = stream;
  }

  /**
   * Launches a kernel, for the types of numbers that the arguments have.
   *
   * @throws CudaFailure naming kernel, grid and arguments, if it cannot be launched
   * @throws IllegalArgumentException if there is no such kernel for these types
   */
  <A extends Arguments> void launch(Kernel<A> kernel, Grid grid, A arguments) {
    if (grid.x() == 0 || grid.y() == 0) {
      return; // nothing to do, which CUDA takes for an error
    }
    KernelTable.Function function = kernels.function(kernel.of(arguments));
    if (grid.sharedBytes() > function.dynamicSharedBytes()) {
      throw new CudaFailure(
          describe(kernel, grid, arguments)
              + ": a block of this GPU has only "
              + function.dynamicSharedBytes()
              + " bytes of shared memory for it");
    }
    for (int at = 0; at < kernel.argumentBytes(); at++) {
      bytes.put(at, (byte) 0); // so that padding is the same in every launch
    }
    arguments.writeTo(bytes, 0);
    try {
      cuLaunchKernel(
          function.handle(),
          grid.x(),
          grid.y(),
          1,
          kernel.threads(),
          1,
          1,
          grid.sharedBytes(),
          stream,
          parameters,
          null);
    } catch (CudaException e) {
      throw new CudaFailure(describe(kernel, grid, arguments) + ": " + e.getMessage(), e);
    }
  }

  private static <A extends Arguments> String describe(Kernel<A> kernel, Grid grid, A arguments) {
    return String.format(
        "launch %s<<<%dx%d, %d, %d bytes>>> with %s",
        kernel.of(arguments).name(),
        grid.x(),
        grid.y(),
        kernel.threads(),
        grid.sharedBytes(),
        arguments);
  }
}
