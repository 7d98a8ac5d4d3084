package dev.dragoman.device.cpu;

import dev.dragoman.device.DataType;
import dev.dragoman.device.Device;
import dev.dragoman.device.DeviceContract;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** The contract on the CPU: each precision, with the vector unit and without. */
@Tag("processor")
class CpuDeviceTest {

  private static VectorMath vectors() {
    Optional<String> obstacle = VectorMath.obstacle();
    Assumptions.assumeTrue(
        obstacle.isEmpty(), () -> "skipped: the vector API is off: " + obstacle.get());
    return new SimdMath();
  }

  @Nested
  class Float32 extends DeviceContract {
    @Override
    protected Device open() {
      return CpuDevice.open(DataType.F32, vectors());
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

  /** With the order of additions of vectors, but without their instructions. */
  @Nested
  class Float32InLoops extends DeviceContract {
    @Override
    protected Device open() {
      vectors();
      return CpuDevice.open(DataType.F32, new LaneMath(SimdMath.bits() / Float.SIZE));
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
      return CpuDevice.open(DataType.BF16, vectors());
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
      return CpuDevice.open(DataType.I8, vectors());
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
      return CpuDevice.open(DataType.I8, new ScalarMath());
    }

    @Override
    protected DataType precision() {
      return DataType.I8;
    }
  }
}
