// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import dev.dragoman.device.DataType;
import dev.dragoman.device.cuda.EmulatedDriver.Order;
import dev.dragoman.device.cuda.EmulatedDriver.Timing;
import java.util.Optional;

/** Opens CUDA devices for tests, on the machine's GPU or on the emulated driver. */
final class CudaDevices {
  private CudaDevices() {}

  /** What multiplies matrices; 8-bit integers have products of their own. */
  enum Products {
    /** cublasLt, which users have. */
    LT,
    /** JCublas, which is used where there is no cublasLt. */
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
    return open(CudaDeviceProvider.openGpu(0), precision, products);
  }

  static CudaDevice open(Gpu gpu, DataType precision, Products products) {
    if (precision == DataType.I8) {
      return CudaDevice.open(gpu, precision, QuantizedGemm::new);
    }
    return CudaDevice.open(gpu, precision, execution -> open(execution, products));
  }

  private static MatrixProduct open(Execution execution, Products products) {
    return switch (products) {
      case LT -> new InvariantGemm(execution, CublasSearch.found());
      case CUBLAS -> {
        Cublas found = CublasSearch.found();
        yield new InvariantGemm(
            execution, new Cublas(Optional.empty(), found.classic(), found.missing()));
      }
      case OWN -> new KernelGemm(execution, "own products");
    };
  }
}
