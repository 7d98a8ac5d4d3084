// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRelease;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxReset;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRetain;

import java.util.HashMap;
import java.util.Map;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;

/**
 * The GPUs' primary contexts, each opened once and kept until the process ends: opening one takes
 * up to half a second, and NVIDIA's libraries keep state in it.
 */
final class PrimaryContexts {
  private static final Map<Integer, CUcontext> OPEN = new HashMap<>();

  private PrimaryContexts() {}

  /**
   * Returns the context of a GPU and opens it if need be.
   *
   * @throws CudaFailure if it cannot be opened
   */
  static synchronized CUcontext of(int ordinal, CUdevice device) {
    CUcontext open = OPEN.get(ordinal);
    if (open == null) {
      CUcontext context = new CUcontext();
      CudaFailure.guard(
          "open a context on GPU " + ordinal, () -> cuDevicePrimaryCtxRetain(context, device));
      OPEN.put(ordinal, context);
      open = context;
    }
    return open;
  }

  /**
   * Gives everything back that a GPU's context holds, and the context itself. After an error that
   * stays, nothing else can be done with it. A context that somebody else has opened since then
   * stays.
   */
  static synchronized void destroy(int ordinal, CUdevice device, CUcontext context) {
    if (!OPEN.remove(ordinal, context)) {
      return;
    }
    CudaFailure.guard(
        "reset GPU " + ordinal,
        () -> {
          cuDevicePrimaryCtxReset(device);
          cuDevicePrimaryCtxRelease(device);
        });
  }
}
