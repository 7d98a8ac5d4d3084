// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static jcuda.driver.JCudaDriver.cuDeviceGet;
import static jcuda.driver.JCudaDriver.cuDeviceTotalMem;

import dev.dragoman.device.DataType;
import dev.dragoman.device.FoundDevice;
import dev.dragoman.device.Inspection.Fact;
import dev.dragoman.device.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;

/** A GPU that the driver sees. */
final class FoundGpu implements FoundDevice {
  private final int ordinal;
  private final CUdevice device = new CUdevice();
  private final CardLimits limits;

  /** Describes the GPU of that number, whose driver has been initialized. */
  FoundGpu(int ordinal) {
    this.ordinal = ordinal;
    CudaFailure.guard("look at GPU " + ordinal, () -> cuDeviceGet(device, ordinal));
    this.limits =
        new CardLimits(
            Gpu.capability(device),
            Gpu.attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT),
            Gpu.attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_CLOCK_RATE),
            Gpu.attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE),
            Gpu.attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH));
  }

  @Override
  public String name() {
    return "cuda:" + ordinal;
  }

  @Override
  public List<Fact> facts() {
    long[] bytes = new long[1];
    CudaFailure.guard("look at " + name(), () -> cuDeviceTotalMem(bytes, device));
    List<Fact> facts = new ArrayList<>();
    if (isEmulated()) {
      facts.add(
          new Fact(
              "emulated", "YES: the kernels run on the processor; this says nothing about a GPU"));
    }
    facts.add(new Fact("GPU", Gpu.product(device)));
    facts.add(new Fact("memory", String.format(Locale.ROOT, "%.1f GiB", bytes[0] * 0x1p-30)));
    facts.add(
        new Fact("compute capability", limits.capability() / 10 + "." + limits.capability() % 10));
    facts.add(new Fact("multiprocessors", Integer.toString(limits.multiprocessors())));
    return List.copyOf(facts);
  }

  @Override
  public List<DataType> precisions() {
    return limits.capability() < CudaDeviceProvider.OLDEST_BFLOAT16
        ? List.of(DataType.F16, DataType.I8, DataType.F32)
        : List.of(DataType.F16, DataType.BF16, DataType.I8, DataType.F32);
  }

  @Override
  public boolean isEmulated() {
    return NativeLibraries.isEmulated();
  }

  @Override
  public Optional<Limits> limits(DataType precision) {
    return isEmulated() ? Optional.empty() : limits.of(precision);
  }
}
