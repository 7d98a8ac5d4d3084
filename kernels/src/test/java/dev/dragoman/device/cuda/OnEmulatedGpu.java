package dev.dragoman.device.cuda;

import static jcuda.driver.JCudaDriver.*;

import dev.dragoman.device.cuda.EmulatedDriver.Order;
import dev.dragoman.device.cuda.EmulatedDriver.Timing;
import java.io.IOException;
import java.nio.file.Files;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A test that calls the emulated driver itself, with a stream and the kernels of faulty.cu. */
abstract class OnEmulatedGpu {
  final CUmodule module = new CUmodule();
  final CUstream stream = new CUstream();

  @BeforeEach
  void open() throws IOException {
    EmulatedDriver.requireEmulation();
    NativeLibraries.loadDriver();
    EmulatedDriver.configure(Timing.DEFERRED, Order.FORWARD);
    cuInit(0);
    CUdevice device = new CUdevice();
    CUcontext context = new CUcontext();
    cuDeviceGet(device, 0);
    cuDevicePrimaryCtxRetain(context, device);
    cuCtxSetCurrent(context);
    cuModuleLoadData(module, Files.readAllBytes(EmulatedDriver.folder().resolve("faulty.so")));
    cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING);
  }

  @AfterEach
  void forgetWhatWasPlanted() {
    if (EmulatedDriver.isEmulated()) {
      EmulatedDriver.forgetError();
      EmulatedDriver.configure(Timing.DEFERRED, Order.FORWARD);
      EmulatedDriver.pretend(2, 13000, 1L << 30);
      for (int ordinal = 0; ordinal < 2; ordinal++) { // buffers and streams go with the context
        CUdevice device = new CUdevice();
        cuDeviceGet(device, ordinal);
        cuDevicePrimaryCtxReset(device);
      }
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
      pointers[i] =
          arguments[i] instanceof Buffer out
              ? Pointer.to(new long[] {out.pointer.address()})
              : Pointer.to(new int[] {(Integer) arguments[i]});
    }
    cuLaunchKernel(kernel, 1, 1, 1, threads, 1, 1, sharedBytes, stream, Pointer.to(pointers), null);
  }
}
