package dev.dragoman.device.cuda;

import dev.dragoman.device.DataType;
import dev.dragoman.device.cuda.EmulatedDriver.Order;
import dev.dragoman.device.cuda.EmulatedDriver.Timing;

/** Opens CUDA devices for tests, on the machine's GPU or on the emulated driver. */
final class CudaDevices {
  private CudaDevices() {}

  /** What multiplies matrices; 8-bit integers have products of their own. */
  enum Products {
    CUBLAS,
    OWN
  }

  /** Tells the emulated driver how to behave; a GPU behaves as it does. */
  static void behave(Timing timing, Order order) {
    EmulatedDriver.require();
    if (EmulatedDriver.isEmulated()) {
      NativeLibraries.loadDriver();
      EmulatedDriver.forgetError(); // of a test that failed
      EmulatedDriver.configure(timing, order);
    }
  }

  static CudaDevice open(DataType precision, Products products) {
    EmulatedDriver.require();
    Gpu gpu = CudaDeviceProvider.openGpu(0);
    if (precision == DataType.I8) {
      return CudaDevice.open(gpu, precision, QuantizedGemm::new);
    }
    boolean cublas = products == Products.CUBLAS && NativeLibraries.loadCublas();
    return CudaDevice.open(gpu, precision, cublas ? InvariantGemm::new : KernelGemm::new);
  }
}
