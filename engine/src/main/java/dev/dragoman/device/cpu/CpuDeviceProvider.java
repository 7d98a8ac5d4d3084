package dev.dragoman.device.cpu;

import dev.dragoman.device.DataType;
import dev.dragoman.device.Device;
import dev.dragoman.device.DeviceProvider;
import dev.dragoman.device.DeviceRequest;
import dev.dragoman.device.DeviceUnavailableException;

/** The CPU: there on every machine for which oneDNN's natives are. */
public final class CpuDeviceProvider implements DeviceProvider {

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
    DataType precision = request.precision().orElse(DataType.F32);
    if (precision == DataType.F16) {
      throw new DeviceUnavailableException(
          "the CPU multiplies in float32 and bfloat16, not in float16");
    }
    if (precision == DataType.BF16 && !OneDnn.multipliesBfloat16()) {
      throw new DeviceUnavailableException(
          "this processor has no bfloat16 instructions: use --precision float32");
    }
    return CpuDevice.open(precision, VectorMath.fastest());
  }
}
