// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import dev.dragoman.device.DataType;
import dev.dragoman.device.Device;
import dev.dragoman.device.DeviceContract;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The contract on the CPU: each precision, with the vector unit and without. */
@Tag("processor")
@ParameterizedClass
@EnumSource
class CpuContractTest extends DeviceContract {
  @Parameter Variant variant;

  /** How a processor may compute. */
  enum Variant {
    FLOAT32(DataType.F32, Variant::vectors),
    FLOAT32_WITHOUT_VECTORS(DataType.F32, ScalarMath::new),
    /** The variant adds in the order of vectors, but without their instructions. */
    FLOAT32_IN_LOOPS(DataType.F32, Variant::loops),
    BFLOAT16(DataType.BF16, Variant::vectors),
    INT8(DataType.I8, Variant::vectors),
    INT8_WITHOUT_VECTORS(DataType.I8, ScalarMath::new);

    private final DataType precision;
    private final Supplier<VectorMath> math;

    Variant(DataType precision, Supplier<VectorMath> math) {
      this.precision = precision;
      this.math = math;
    }

    private static VectorMath vectors() {
      Optional<String> obstacle = VectorMath.obstacle();
      Assumptions.assumeTrue(
          obstacle.isEmpty(), () -> "skipped: the vector API is off: " + obstacle.get());
      return new SimdMath();
    }

    private static VectorMath loops() {
      vectors();
      return new LaneMath(SimdMath.bits() / Float.SIZE);
    }
  }

  @Override
  protected Device open() {
    Assumptions.assumeTrue(
        variant.precision != DataType.BF16 || OneDnn.multipliesBfloat16(),
        "skipped: this processor has no bfloat16 instructions");
    return CpuDevice.open(variant.precision, variant.math.get());
  }

  @Override
  protected DataType precision() {
    return variant.precision;
  }

  @Override
  public DataType activations() {
    return DataType.F32;
  }
}
