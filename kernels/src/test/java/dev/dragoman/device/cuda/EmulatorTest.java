// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static jcuda.driver.JCudaDriver.*;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.device.cuda.EmulatedDriver.Counted;
import dev.dragoman.device.cuda.EmulatedDriver.Order;
import dev.dragoman.device.cuda.EmulatedDriver.Timing;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import jcuda.CudaException;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUgraph;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The emulated driver reports what is planted in faulty.cu, and leaves correct kernels alone. */
class EmulatorTest extends OnEmulatedGpu {
  @ParameterizedTest
  @EnumSource(Order.class)
  void aMissingBarrierGivesNaNInEveryOrder(Order order) {
    EmulatedDriver.configure(Timing.DEFERRED, order);
    Buffer out = new Buffer();
    launch("missing_barrier", 64, out);
    assertTrue(
        IntStream.range(0, 64).anyMatch(i -> Float.isNaN(out.read()[i])), "a missing barrier");
    launch("with_barrier", 64, out);
    float[] expected = new float[64];
    for (int i = 0; i < 64; i++) {
      expected[i] = 63 - i;
    }
    assertArrayEquals(expected, out.read());
  }

  @Test
  void aDivergentBarrierIsADeadlockThatSaysWhoWaits() {
    launch("divergent_barrier", 64, new Buffer());
    assertThrows(CudaException.class, () -> cuStreamSynchronize(stream));
    String error = EmulatedDriver.lastError();
    assertTrue(error.contains("divergent_barrier") && error.contains("40 at __syncthreads"), error);
  }

  @Test
  void uninitializedMemoryIsNaN() {
    Buffer out = new Buffer();
    launch("uninitialized_shared", 32, out);
    assertTrue(Float.isNaN(out.read()[0]), "shared memory");
    launch("copy_one", 32, out, new Buffer());
    assertTrue(Float.isNaN(out.read()[31]), "device memory");
  }

  @ParameterizedTest
  @ValueSource(ints = {64, -1100})
  void aWriteFarOutsideABufferIsAnErrorOfItsKernel(int offset) {
    launch("write_at", 1, new Buffer(), offset);
    assertThrows(CudaException.class, () -> cuStreamSynchronize(stream));
    String error = EmulatedDriver.lastError();
    assertTrue(error.contains("write_at: block (0,0,0) thread (0,0,0)"), error);
    assertTrue(error.contains("a buffer of 256 bytes"), error);
  }

  @ParameterizedTest
  @ValueSource(ints = {64, -1100})
  void aReadFarOutsideABufferIsAnErrorOfItsKernel(int offset) {
    launch("read_at", 1, new Buffer(), new Buffer(), offset);
    assertThrows(CudaException.class, () -> cuStreamSynchronize(stream));
    assertTrue(EmulatedDriver.lastError().contains("read_at"), EmulatedDriver.lastError());
  }

  @Test
  void aReadJustBeforeABufferIsNaN() {
    Buffer out = new Buffer();
    launch("read_at", 1, out, filled(), -1);
    assertTrue(Float.isNaN(out.read()[0]));
    launch("read_at", 1, out, filled(), 0);
    assertEquals(63, out.read()[0]);
  }

  private Buffer filled() {
    Buffer buffer = new Buffer();
    launch("with_barrier", 64, buffer);
    return buffer;
  }

  @Test
  void aWriteJustBeforeABufferKillsACanary() {
    Buffer out = new Buffer();
    launch("write_at", 1, out, -1);
    assertFalse(EmulatedDriver.memoryIsWhole());
    EmulatedDriver.forgetError();
    assertThrows(CudaException.class, () -> cuMemFree(out.pointer));
  }

  @Test
  void aWritePastDynamicSharedMemoryIsAnError() {
    launch("shared_overrun", 32, new Buffer(), 0);
    assertThrows(CudaException.class, () -> cuStreamSynchronize(stream));
    assertTrue(EmulatedDriver.lastError().contains("past the end of its dynamic shared memory"));
  }

  @Test
  void aMissingSynchronizationShowsWhatWasThereBefore() {
    Buffer out = new Buffer();
    Pointer pinned = new Pointer();
    cuMemAllocHost(pinned, 256);
    FloatBuffer host = pinned.getByteBuffer(0, 256).order(ByteOrder.nativeOrder()).asFloatBuffer();
    launch("with_barrier", 64, out);
    cuMemcpyDtoHAsync(pinned, out.pointer, 256, stream);
    assertTrue(Float.isNaN(host.get(0)), "read before the copy has run");
    cuStreamSynchronize(stream);
    assertEquals(63, host.get(0));
  }

  @Test
  void aStreamThatDoesNotWaitForAnotherReadsWhatWasThereBefore() {
    CUstream other = new CUstream();
    cuStreamCreate(other, CUstream_flags.CU_STREAM_NON_BLOCKING);
    Buffer between = filled();
    Buffer out = new Buffer();
    cuMemcpyDtoDAsync(out.pointer, between.pointer, 256, other);
    cuStreamSynchronize(other);
    assertTrue(Float.isNaN(out.read()[0]), "copied before the kernel has run");

    CUevent written = new CUevent();
    cuEventCreate(written, CUevent_flags.CU_EVENT_DISABLE_TIMING);
    between = filled();
    cuEventRecord(written, stream);
    cuStreamWaitEvent(other, written, 0);
    cuMemcpyDtoDAsync(out.pointer, between.pointer, 256, other);
    cuStreamSynchronize(other);
    assertEquals(63, out.read()[0]);
  }

  /** New events, which may take the memory of one that is destroyed, are for later work. */
  @Test
  void anEventMayBeDestroyedWhileAStreamWaitsForIt() {
    CUstream other = new CUstream();
    cuStreamCreate(other, CUstream_flags.CU_STREAM_NON_BLOCKING);
    CUevent written = new CUevent();
    cuEventCreate(written, CUevent_flags.CU_EVENT_DISABLE_TIMING);
    Buffer between = filled();
    Buffer out = new Buffer();
    cuEventRecord(written, stream);
    cuStreamWaitEvent(other, written, 0);
    cuMemcpyDtoDAsync(out.pointer, between.pointer, 256, other);
    cuEventDestroy(written);
    long before = EmulatedDriver.counters().kernels().run();
    launch("with_barrier", 64, between);
    for (int i = 0; i < 8; i++) {
      CUevent later = new CUevent();
      cuEventCreate(later, CUevent_flags.CU_EVENT_DISABLE_TIMING);
      cuEventRecord(later, stream);
    }
    cuStreamSynchronize(other);
    assertEquals(before, EmulatedDriver.counters().kernels().run(), "nobody waits for later work");
    assertEquals(63, out.read()[0]);
  }

  @Test
  void eagerWorkHasRunWhenTheCallReturns() {
    EmulatedDriver.configure(Timing.EAGER, Order.FORWARD);
    Buffer out = new Buffer();
    long before = EmulatedDriver.counters().kernels().run();
    launch("with_barrier", 64, out);
    assertEquals(1, EmulatedDriver.counters().kernels().run() - before);
  }

  @ParameterizedTest
  @CsvSource({
    "signed_overflow, 3, 65536, a multiplication overflows",
    "wide_shift, 3, 40, a shift by a negative number or too far",
  })
  void undefinedBehaviourIsAnErrorThatNamesItsLine(String kernel, int good, int bad, String what)
      throws IOException {
    findUndefined();
    Buffer out = new Buffer();
    launch(kernel, 32, out, good);
    cuStreamSynchronize(stream);
    launch(kernel, 32, out, bad);
    assertUndefined(kernel, what);
  }

  @ParameterizedTest
  @CsvSource({"misaligned_load, 1, an address that is not a multiple of 16"})
  void aMisalignedLoadIsUndefinedBehaviour(String kernel, int offset, String what)
      throws IOException {
    findUndefined();
    Buffer out = new Buffer();
    launch(kernel, 1, out, new Buffer(), 4);
    cuStreamSynchronize(stream);
    launch(kernel, 1, out, new Buffer(), offset);
    assertUndefined(kernel, what);
  }

  @Test
  void anIndexOutsideOfItsArrayIsUndefinedBehaviour() throws IOException {
    findUndefined();
    Buffer out = new Buffer();
    launch("index_outside", 1, out, 3);
    assertEquals(4, out.read()[0]);
    launch("index_outside", 1, out, 4);
    assertUndefined("index_outside", "an index outside of its array");
  }

  private void findUndefined() throws IOException {
    Path library = EmulatedDriver.folder().resolve("faulty-undefined.so");
    cuModuleLoadData(module, Files.readAllBytes(library));
  }

  private void assertUndefined(String kernel, String what) {
    assertThrows(CudaException.class, () -> cuStreamSynchronize(stream));
    String error = EmulatedDriver.lastError();
    String pattern =
        kernel
            + ": block \\(0,0,0\\) thread \\(0,0,0\\): undefined behaviour at .*faulty.cu:\\d+:.*";
    assertTrue(error.matches(pattern) && error.endsWith(what), error);
  }

  @Test
  void memoryOfAnotherDeviceIsOutOfReach() {
    Buffer here = new Buffer();
    CUcontext first = new CUcontext();
    cuCtxGetCurrent(first);
    CUcontext second = new CUcontext();
    cuDevicePrimaryCtxRetain(second, otherGpu);
    cuCtxSetCurrent(second);
    assertThrows(CudaException.class, () -> launch("with_barrier", 64, here), "its stream");
    assertThrows(CudaException.class, () -> cuStreamSynchronize(stream), "its stream");
    Buffer there = new Buffer();
    cuCtxSetCurrent(first);
    launch("with_barrier", 64, there);
    assertThrows(CudaException.class, () -> cuStreamSynchronize(stream));
    String error = EmulatedDriver.lastError();
    assertTrue(error.contains("with_barrier: is given memory of another device"), error);
    EmulatedDriver.forgetError();
    cuCtxSetCurrent(second);
    cuMemFree(there.pointer);
    cuDevicePrimaryCtxRelease(otherGpu);
    cuCtxSetCurrent(first);
    cuMemFree(here.pointer);
  }

  @Test
  void aPlantedErrorComesInItsTurnAndStays() {
    Buffer out = new Buffer();
    EmulatedDriver.plantError(GPU, Counted.KERNEL, 2, 719);
    launch("with_barrier", 64, out);
    cuStreamSynchronize(stream);
    launch("with_barrier", 64, out);
    assertThrows(CudaException.class, () -> cuStreamSynchronize(stream));
    assertThrows(CudaException.class, () -> cuStreamSynchronize(stream));
    assertThrows(CudaException.class, Buffer::new);
    EmulatedDriver.forgetError();
    EmulatedDriver.plantError(GPU, Counted.SYNCHRONIZATION, 1, 214);
    CudaException e = assertThrows(CudaException.class, () -> cuStreamSynchronize(stream));
    assertTrue(e.getMessage().contains("ECC_UNCORRECTABLE"), e.getMessage());
  }

  @Test
  void memoryCannotBeTakenWhileAStepIsRecorded() {
    cuStreamBeginCapture(stream, 0);
    assertThrows(CudaException.class, Buffer::new);
    assertThrows(CudaException.class, () -> cuStreamEndCapture(stream, new CUgraph()));
  }

  @Test
  void whatIsAskedForIsCounted() {
    EmulatedDriver.Counters before = EmulatedDriver.counters();
    Buffer out = new Buffer();
    launch("with_barrier", 64, out);
    launch("with_barrier", 64, out);
    out.read();
    assertEquals(
        new EmulatedDriver.Counters(
            new EmulatedDriver.KernelCounts(2, 2, 0),
            1,
            1,
            new EmulatedDriver.MemoryCounts(1, 256),
            0),
        EmulatedDriver.counters().since(before));
  }
}
