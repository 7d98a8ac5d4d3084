// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static jcuda.driver.JCudaDriver.*;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Launches are checked against launch bounds, registers and the shared memory of the GPU. */
class EmulatedLaunchTest extends OnEmulatedGpu {
  private static final int DYNAMIC =
      CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES;
  private static final int STATIC_BYTES = 1024; // of many_registers, by faults/resources.tsv

  @Test
  void moreThreadsThanTheLaunchBoundsAreRefused() {
    launch("with_barrier", 64, new Buffer());
    assertRefused("INVALID_VALUE", () -> launch("with_barrier", 65, new Buffer()));
    assertLastError("with_barrier: is launched with 65 threads, and its launch bounds are 64");
  }

  /** 65 registers are given out as 72, and 65,536 / 72 threads as whole warps. */
  @Test
  void moreRegistersThanABlockHasAreRefused() {
    launch("many_registers", 28 * 32, new Buffer());
    assertRefused("OUT_OF_RESOURCES", () -> launch("many_registers", 28 * 32 + 1, new Buffer()));
    assertLastError("many_registers: is launched with 66816 registers, and a block has 65536");
  }

  @Test
  void aKernelTellsItsBoundsRegistersAndSharedMemory() {
    CUfunction kernel = function("many_registers");
    assertEquals(1024, attribute(kernel, 0));
    assertEquals(STATIC_BYTES, attribute(kernel, 1));
    assertEquals(65, attribute(kernel, 4));
  }

  @Test
  void withoutOptInABlockHas48KiBStaticAndDynamic() {
    CUfunction kernel = function("many_registers");
    launch(kernel, 32, 48 * 1024 - STATIC_BYTES, new Buffer());
    assertRefused(
        "INVALID_VALUE", () -> launch(kernel, 32, 48 * 1024 - STATIC_BYTES + 1, new Buffer()));
    assertLastError("48129 bytes of dynamic shared memory beside 1024 static ones");
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 99, 163, 227})
  void aGpuHasTheSharedMemoryThatItIsSaidToHave(int kib) {
    EmulatedDriver.pretendSharedMemory(kib * 1024);
    int[] bytes = new int[1];
    cuDeviceGetAttribute(bytes, 97, gpu);
    assertEquals(kib * 1024, bytes[0]);

    CUfunction kernel = function("many_registers");
    int most = kib * 1024 - STATIC_BYTES;
    cuFuncSetAttribute(kernel, DYNAMIC, most);
    launch(kernel, 32, most, new Buffer());
    assertDoesNotThrow(() -> cuStreamSynchronize(stream));
    assertRefused("INVALID_VALUE", () -> cuFuncSetAttribute(kernel, DYNAMIC, most + 1));
    assertRefused("INVALID_VALUE", () -> launch(kernel, 32, most + 1, new Buffer()));
  }

  /** The program opts in once, on whichever GPU; a smaller one refuses the launch. */
  @Test
  void aSmallerGpuRefusesWhatALargerOneAllowed() {
    CUfunction kernel = function("many_registers");
    cuFuncSetAttribute(kernel, DYNAMIC, 100 * 1024);
    launch(kernel, 32, 100 * 1024, new Buffer());
    EmulatedDriver.pretendSharedMemory(99 * 1024);
    assertRefused("INVALID_VALUE", () -> launch(kernel, 32, 100 * 1024, new Buffer()));
    assertLastError("and the GPU has 101376");
  }

  private static int attribute(CUfunction kernel, int attribute) {
    int[] value = new int[1];
    cuFuncGetAttribute(value, attribute, kernel);
    return value[0];
  }

  private static void assertLastError(String part) {
    assertTrue(EmulatedDriver.lastError().contains(part), EmulatedDriver.lastError());
  }
}
