// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static jcuda.driver.JCudaDriver.cuDeviceGetCount;
import static jcuda.driver.JCudaDriver.cuDriverGetVersion;
import static jcuda.driver.JCudaDriver.cuInit;

import dev.dragoman.device.DataType;
import dev.dragoman.device.Device;
import dev.dragoman.device.DeviceProvider;
import dev.dragoman.device.DeviceRequest;
import dev.dragoman.device.DeviceUnavailableException;
import dev.dragoman.device.Inspection;
import dev.dragoman.device.OutOfDeviceMemoryException;
import java.util.function.Function;
import jcuda.CudaException;

/** The provider of NVIDIA GPUs; it has devices where there are a driver and a GPU. */
public final class CudaDeviceProvider implements DeviceProvider {
  /**
   * The CUDA version of the driver that the kernels need at least. They come from nvcc 13, and
   * images of CUDA 13 are promised to run on drivers from 580 on ("CUDA Compatibility", minor
   * version compatibility). Nothing is promised for older drivers, neither for machine code nor for
   * PTX, and compressed images as ours need CUDA 12.4 in any case.
   */
  private static final int OLDEST_DRIVER = 13000;

  /** The compute capability that bfloat16 products begin with. */
  static final int OLDEST_BFLOAT16 = 80;

  @Override
  public String kind() {
    return "cuda";
  }

  @Override
  public int preference() {
    return 10;
  }

  @Override
  public Device open(DeviceRequest request) {
    DataType precision = request.precision().orElse(DataType.F16);
    if (precision == DataType.I32) {
      throw new DeviceUnavailableException(
          "the CUDA device multiplies in float16, bfloat16, int8 and float32, not in "
              + precision.label());
    }
    Gpu gpu = openGpu(request.ordinal());
    requireBfloat16(gpu, precision);
    try {
      return CudaDevice.open(gpu, precision, products(precision));
    } catch (OutOfDeviceMemoryException e) {
      throw new DeviceUnavailableException(
          e.getMessage()
              + ": others use it, see nvidia-smi, or choose another one with the setting device",
          e);
    }
  }

  /**
   * Returns what multiplies: NVIDIA's libraries where they are there, but our own kernels for int8,
   * whose scales would need further passes with the libraries.
   */
  private static Function<Execution, MatrixProduct> products(DataType precision) {
    if (precision == DataType.I8) {
      return QuantizedGemm::new;
    }
    Cublas cublas = CublasSearch.found();
    return cublas.isThere()
        ? execution -> new InvariantGemm(execution, cublas)
        : execution -> new KernelGemm(execution, cublas.substitute());
  }

  private static void requireBfloat16(Gpu gpu, DataType precision) {
    int capability = gpu.capability();
    if (precision == DataType.BF16 && capability < OLDEST_BFLOAT16) {
      gpu.opened();
      gpu.closed();
      throw new DeviceUnavailableException(
          String.format(
              "%s (%s, compute capability %d.%d) has no bfloat16, which begins with 8.0: use"
                  + " the setting precision=float16",
              gpu.name(), gpu.product(), capability / 10, capability % 10));
    }
  }

  @Override
  public int count() {
    start();
    return gpus();
  }

  @Override
  public Inspection inspect() {
    return new CudaInspection().inspect();
  }

  /** Opens a GPU, or says why there is none and what to do. */
  static Gpu openGpu(int ordinal) {
    start();
    int count = gpus();
    if (ordinal >= count) {
      throw new DeviceUnavailableException(
          String.format(
              "there is no cuda:%d: this machine has %d GPU%s",
              ordinal, count, count == 1 ? ", cuda:0" : "s"));
    }
    try {
      return Gpu.open(ordinal);
    } catch (CudaFailure e) {
      throw new DeviceUnavailableException(
          String.format(
              "cuda:%d cannot be used: %s; its driver knows CUDA %s",
              ordinal, e.getMessage(), driverVersion()),
          e);
    }
  }

  /** Makes the driver ready, or says why it cannot be used. */
  private static void start() {
    NativeLibraries.loadDriver();
    initialize();
    requireDriver();
  }

  private static int gpus() {
    int[] count = new int[1];
    cuDeviceGetCount(count);
    return count[0];
  }

  /**
   * Checks that the driver is new enough.
   *
   * @throws DeviceUnavailableException if it is not
   */
  static void requireDriver() {
    if (version() < OLDEST_DRIVER) {
      throw new DeviceUnavailableException(
          String.format(
              "the NVIDIA driver is too old: it knows CUDA %s, and CUDA %s is needed: update it to"
                  + " version 580 or newer, or use the setting device=cpu",
              driverVersion(), name(OLDEST_DRIVER)));
    }
  }

  /** Returns the newest CUDA version that the driver supports: {@code 13.0}. */
  static String driverVersion() {
    return name(version());
  }

  private static int version() {
    int[] version = new int[1];
    cuDriverGetVersion(version);
    return version[0];
  }

  /**
   * Initializes the driver, once it is loaded.
   *
   * @throws DeviceUnavailableException if it sees no GPU
   */
  static void initialize() {
    try {
      cuInit(0);
    } catch (CudaException e) {
      throw new DeviceUnavailableException(
          "the NVIDIA driver finds no GPU that it can use ("
              + e.getMessage()
              + "): see nvidia-smi, or use the setting device=cpu",
          e);
    }
  }

  private static String name(int version) {
    return version / 1000 + "." + version % 1000 / 10;
  }
}
