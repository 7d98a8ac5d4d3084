// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static jcuda.driver.JCudaDriver.*;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.device.cuda.EmulatedDriver.Order;
import dev.dragoman.device.cuda.EmulatedDriver.Timing;
import java.io.IOException;
import java.nio.file.Files;
import jcuda.CudaException;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * A test that calls the emulated driver itself, with a stream and the kernels of faulty.cu. It has
 * two GPUs of its own: the program keeps the contexts of those that it has opened.
 */
abstract class OnEmulatedGpu {
  static final int GPU = 14;
  private static final int OTHER_GPU = 15;
  final CUmodule module = new CUmodule();
  final CUstream stream = new CUstream();
  final CUdevice gpu = new CUdevice();
  final CUdevice otherGpu = new CUdevice();

  @BeforeEach
  void open() throws IOException {
    EmulatedDriver.requireEmulation();
    NativeLibraries.loadDriver();
    EmulatedDriver.configure(Timing.DEFERRED, Order.FORWARD);
    EmulatedDriver.pretend(16, 13000, 1L << 30);
    cuInit(0);
    CUcontext context = new CUcontext();
    cuDeviceGet(gpu, GPU);
    cuDeviceGet(otherGpu, OTHER_GPU);
    cuDevicePrimaryCtxRetain(context, gpu);
    cuCtxSetCurrent(context);
    cuModuleLoadData(module, Files.readAllBytes(EmulatedDriver.folder().resolve("faulty.so")));
    cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING);
  }

  @AfterEach
  void forgetWhatWasPlanted() {
    if (EmulatedDriver.isEmulated()) {
      EmulatedDriver.forgetError();
      EmulatedDriver.configure(Timing.DEFERRED, Order.FORWARD);
      cuDevicePrimaryCtxReset(gpu); // buffers and streams go with the context
      cuDevicePrimaryCtxReset(otherGpu);
      cuDevicePrimaryCtxRelease(gpu);
      EmulatedDriver.pretendNothing();
    }
  }

  /** 64 floats on the device. */
  final class Buffer {
    final DevicePointer pointer = new DevicePointer();

    Buffer() {
      cuMemAlloc(pointer, 256);
    }

    float[] read() {
      float[] numbers = new float[64];
      cuMemcpyDtoHAsync(Pointer.to(numbers), pointer, 256, stream);
      cuStreamSynchronize(stream);
      return numbers;
    }
  }

  CUfunction function(String kernel) {
    CUfunction function = new CUfunction();
    cuModuleGetFunction(function, module, kernel);
    return function;
  }

  void launch(String kernel, int threads, Object... arguments) {
    launch(function(kernel), threads, 0, arguments);
  }

  void launch(CUfunction kernel, int threads, int sharedBytes, Object... arguments) {
    Pointer[] pointers = new Pointer[arguments.length];
    for (int i = 0; i < pointers.length; i++) {
      pointers[i] = argument(arguments[i]);
    }
    cuLaunchKernel(kernel, 1, 1, 1, threads, 1, 1, sharedBytes, stream, Pointer.to(pointers), null);
  }

  private static Pointer argument(Object argument) {
    if (argument instanceof Buffer buffer) {
      return Pointer.to(buffer.pointer);
    }
    return argument instanceof DevicePointer pointer
        ? Pointer.to(pointer)
        : Pointer.to(new int[] {(Integer) argument});
  }

  /** Destroys the context, if nobody else has retained it, and makes another one current. */
  void openAgain() {
    cuDevicePrimaryCtxRelease(gpu);
    CUcontext context = new CUcontext();
    cuDevicePrimaryCtxRetain(context, gpu);
    cuCtxSetCurrent(context);
  }

  /** Asserts that the call is an error of this name. */
  static void assertRefused(String error, Runnable call) {
    CudaException e = assertThrows(CudaException.class, call::run);
    assertTrue(e.getMessage().contains(error), e.getMessage());
  }
}
