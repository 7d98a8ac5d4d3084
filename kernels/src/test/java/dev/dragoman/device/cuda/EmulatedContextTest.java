// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static jcuda.driver.JCudaDriver.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jcuda.CudaException;
import jcuda.driver.CUcontext;
import jcuda.driver.CUevent;
import jcuda.driver.CUfunction;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import org.junit.jupiter.api.Test;

/** A context ends with its last user, and with it everything that was made in it. */
class EmulatedContextTest extends OnEmulatedGpu {
  @Test
  void aContextLivesAsLongAsSomebodyHasRetainedIt() {
    Buffer buffer = new Buffer();
    CUcontext again = new CUcontext();
    cuDevicePrimaryCtxRetain(again, gpu);
    cuDevicePrimaryCtxRelease(gpu);
    launch("with_barrier", 64, buffer);
    assertEquals(63, buffer.read()[0]);
  }

  @Test
  void everyNewContextIsCounted() {
    EmulatedDriver.Counters before = EmulatedDriver.counters();
    cuDevicePrimaryCtxRetain(new CUcontext(), gpu);
    assertEquals(0, EmulatedDriver.counters().since(before).contexts(), "the same one");
    cuDevicePrimaryCtxRelease(gpu);
    openAgain();
    assertEquals(1, EmulatedDriver.counters().since(before).contexts());
  }

  @Test
  void whatWasMadeInAContextThatIsGoneIsNoMore() {
    Buffer buffer = new Buffer();
    CUfunction kernel = function("with_barrier");
    CUevent event = new CUevent();
    cuEventCreate(event, 0);
    CUgraph graph = new CUgraph();
    CUgraphExec executable = new CUgraphExec();
    cuStreamBeginCapture(stream, 0);
    launch(kernel, 64, 0, buffer);
    cuStreamEndCapture(stream, graph);
    cuGraphInstantiate(executable, graph, 0);
    openAgain();
    CUstream other = new CUstream();
    cuStreamCreate(other, CUstream_flags.CU_STREAM_NON_BLOCKING);

    assertRefused("INVALID_CONTEXT", () -> cuStreamSynchronize(stream));
    assertRefused("INVALID_CONTEXT", () -> cuStreamDestroy(stream));
    assertRefused("INVALID_HANDLE", () -> launch(kernel, 64, 0, buffer));
    assertRefused("INVALID_HANDLE", () -> function("with_barrier"));
    assertRefused("INVALID_HANDLE", () -> cuModuleUnload(module));
    assertRefused("INVALID_HANDLE", () -> cuEventRecord(event, other));
    assertRefused("INVALID_HANDLE", () -> cuEventDestroy(event));
    assertRefused("INVALID_HANDLE", () -> cuGraphLaunch(executable, other));
    assertRefused("INVALID_HANDLE", () -> cuGraphExecDestroy(executable));
    assertRefused("INVALID_HANDLE", () -> cuGraphDestroy(graph));
    assertRefused("INVALID_VALUE", () -> cuMemFree(buffer.pointer));
  }

  @Test
  void aThreadWhoseContextIsGoneHasNone() {
    CUcontext old = new CUcontext();
    cuCtxGetCurrent(old);
    cuDevicePrimaryCtxRelease(gpu);
    assertRefused("INVALID_CONTEXT", Buffer::new);
    assertRefused("INVALID_CONTEXT", () -> cuCtxSetCurrent(old));
    CUcontext now = new CUcontext();
    cuDevicePrimaryCtxRetain(now, gpu);
    assertNotEquals(old, now);
    assertRefused("INVALID_CONTEXT", Buffer::new);
  }

  @Test
  void oneReleaseTooManyIsAnError() {
    cuDevicePrimaryCtxRelease(gpu);
    assertRefused("INVALID_CONTEXT", () -> cuDevicePrimaryCtxRelease(gpu));
    cuDevicePrimaryCtxRetain(new CUcontext(), gpu);
  }

  @Test
  void bytesThatAContextStillHeldStayCounted() {
    EmulatedDriver.Counters before = EmulatedDriver.counters();
    new Buffer();
    long[] free = new long[1];
    long[] all = new long[1];
    openAgain();
    assertEquals(256, EmulatedDriver.counters().since(before).memory().bytes(), "leaked");
    cuMemGetInfo(free, all);
    assertEquals(all[0], free[0], "and yet not there any more");
  }

  @Test
  void afterAResetTheContextIsStillToBeReleased() {
    cuDevicePrimaryCtxReset(gpu);
    assertRefused("INVALID_CONTEXT", Buffer::new);
    cuDevicePrimaryCtxRelease(gpu);
    assertRefused("INVALID_CONTEXT", () -> cuDevicePrimaryCtxRelease(gpu));
    cuDevicePrimaryCtxRetain(new CUcontext(), gpu);
  }

  @Test
  void theErrorOfAContextGoesWithIt() {
    launch("write_at", 1, new Buffer(), 64);
    assertThrows(CudaException.class, () -> cuStreamSynchronize(stream));
    assertThrows(CudaException.class, Buffer::new);
    openAgain();
    new Buffer();
    assertTrue(EmulatedDriver.memoryIsWhole());
  }

  @Test
  void aCaptureDoesNotOutliveItsContext() {
    cuStreamBeginCapture(stream, 0);
    openAgain();
    CUstream other = new CUstream();
    cuStreamCreate(other, CUstream_flags.CU_STREAM_NON_BLOCKING);
    new Buffer(); // would spoil the capture
    int[] capturing = new int[1];
    cuStreamIsCapturing(other, capturing);
    assertFalse(capturing[0] != 0);
  }
}
