package dev.dragoman.device.cpu;

import dev.dragoman.device.DataType;
import dev.dragoman.device.Device;
import dev.dragoman.device.DeviceContract;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Nested;

/** The contract on the CPU: each precision, with the vector unit and without. */
class CpuDeviceTest {

  @Nested
  class Float32 extends DeviceContract {
    @Override
    protected Device open() {
      return CpuDevice.open(DataType.F32, new SimdMath());
    }

    @Override
    protected DataType precision() {
      return DataType.F32;
    }
  }

  @Nested
  class Float32WithoutVectors extends DeviceContract {
    @Override
    protected Device open() {
      return CpuDevice.open(DataType.F32, new ScalarMath());
    }

    @Override
    protected DataType precision() {
      return DataType.F32;
    }
  }

  @Nested
  class Bfloat16 extends DeviceContract {
    @Override
    protected Device open() {
      Assumptions.assumeTrue(
          OneDnn.multipliesBfloat16(), "skipped: this processor has no bfloat16 instructions");
      return CpuDevice.open(DataType.BF16, new SimdMath());
    }

    @Override
    protected DataType precision() {
      return DataType.BF16;
    }
  }

  @Nested
  class Int8 extends DeviceContract {
    @Override
    protected Device open() {
      Assumptions.assumeTrue(
          OneDnn.multipliesIntegers(), "skipped: this processor has no instructions for int8");
      return CpuDevice.open(DataType.I8, new SimdMath());
    }

    @Override
    protected DataType precision() {
      return DataType.I8;
    }
  }

  @Nested
  class Int8WithoutVectors extends DeviceContract {
    @Override
    protected Device open() {
      Assumptions.assumeTrue(
          OneDnn.multipliesIntegers(), "skipped: this processor has no instructions for int8");
      return CpuDevice.open(DataType.I8, new ScalarMath());
    }

    @Override
    protected DataType precision() {
      return DataType.I8;
    }
  }
}
