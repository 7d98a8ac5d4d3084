// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static jcuda.driver.JCudaDriver.cuDeviceGetCount;

import dev.dragoman.device.DeviceUnavailableException;
import dev.dragoman.device.FoundDevice;
import dev.dragoman.device.Inspection;
import dev.dragoman.device.Inspection.Fact;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The inspection of driver, kernels, cuBLAS and GPUs, one after the other, as far as it gets. */
final class CudaInspection {
  private static final Path KERNEL_MODULE = Path.of("/sys/module/nvidia/version");

  private final List<Fact> facts = new ArrayList<>();

  Inspection inspect() {
    try {
      inspectKernels();
      NativeLibraries.loadDriver();
      facts.add(new Fact("driver", NativeLibraries.driver() + kernelModule()));
      CudaDeviceProvider.initialize();
      facts.add(new Fact("driver's CUDA", CudaDeviceProvider.driverVersion()));
      CudaDeviceProvider.requireDriver();
      Cublas cublas = CublasSearch.found();
      facts.add(new Fact("cublasLt", cublas.describeLt()));
      facts.add(new Fact("cuBLAS", cublas.describeClassic()));
      return Inspection.of(facts, gpus());
    } catch (DeviceUnavailableException | CudaFailure e) {
      return Inspection.none(facts, e.getMessage());
    }
  }

  private void inspectKernels() {
    Fatbin fatbin = Fatbin.load();
    String image =
        String.format(
            "%d in a fat binary of %d bytes, SHA-256 %s",
            KernelTable.names().count(), fatbin.image().length, fatbin.hash());
    facts.add(new Fact("kernels", image));
    facts.add(new Fact("their sources", "SHA-256 " + fatbin.sources()));
  }

  /** Returns what the part of the driver that runs in Linux says of itself. */
  private static String kernelModule() {
    if (!Files.isReadable(KERNEL_MODULE)) {
      return "";
    }
    try {
      return ", version " + Files.readString(KERNEL_MODULE).strip();
    } catch (IOException e) {
      return ""; // a version that nothing depends on
    }
  }

  private static List<FoundDevice> gpus() {
    int[] count = new int[1];
    CudaFailure.guard("count the GPUs", () -> cuDeviceGetCount(count));
    List<FoundDevice> gpus = new ArrayList<>();
    for (int ordinal = 0; ordinal < count[0]; ordinal++) {
      gpus.add(new FoundGpu(ordinal));
    }
    return gpus;
  }
}
