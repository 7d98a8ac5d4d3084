// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import dev.dragoman.device.DataType;
import dev.dragoman.device.Device;
import dev.dragoman.device.DeviceProvider;
import dev.dragoman.device.DeviceRequest;
import dev.dragoman.device.DeviceUnavailableException;
import dev.dragoman.device.Inspection;
import java.util.List;

/** Opens the CPU, on every machine that oneDNN has natives for. */
public final class CpuDeviceProvider implements DeviceProvider {
  private static final String ONE_DNN = "org.bytedeco.dnnl.global.dnnl";

  @Override
  public String kind() {
    return "cpu";
  }

  @Override
  public int preference() {
    return 0;
  }

  @Override
  public int count() {
    return 1;
  }

  @Override
  public Device open(DeviceRequest request) {
    if (request.ordinal() != 0) {
      throw new DeviceUnavailableException("there is one cpu, and no cpu:" + request.ordinal());
    }
    requireOneDnn();
    DataType precision = request.precision().orElse(DataType.F32);
    if (precision == DataType.F16) {
      throw new DeviceUnavailableException(
          "the CPU multiplies in float32, bfloat16 and int8, not in float16");
    }
    if (precision == DataType.BF16 && !OneDnn.multipliesBfloat16()) {
      throw new DeviceUnavailableException(
          "this processor has no bfloat16 instructions: use the setting precision=float32");
    }
    if (precision == DataType.I8 && OneDnn.integerRange().isEmpty()) {
      throw new DeviceUnavailableException(
          "products of 8-bit integers are not exact on this processor: use the setting precision=float32");
    }
    return CpuDevice.open(precision, request.volume());
  }

  @Override
  public Inspection inspect() {
    try {
      requireOneDnn();
      return Inspection.of(List.of(), List.of(new FoundProcessor()));
    } catch (DeviceUnavailableException e) {
      return Inspection.none(List.of(), e.getMessage());
    }
  }

  /** Looks for oneDNN before its first class is named: the bundle for GPU machines lacks it. */
  private static void requireOneDnn() {
    try {
      Class.forName(ONE_DNN, false, CpuDeviceProvider.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new DeviceUnavailableException(
          "the CPU device is not in this bundle, which has no oneDNN: use a GPU, or the full bundle",
          e);
    }
    OneDnn.engine();
  }
}
