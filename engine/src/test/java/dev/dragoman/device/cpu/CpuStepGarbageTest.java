package dev.dragoman.device.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.dragoman.device.DataType;
import dev.dragoman.pipeline.StepGarbage;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A decoder step leaves no garbage behind. In plain Java, as vectors are objects until the JIT
 * compiler has turned them into registers.
 */
@Timeout(120)
class CpuStepGarbageTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void float32(int beamSize) throws Exception {
    CpuDevice device = CpuDevice.open(DataType.F32, new ScalarMath());
    assertArrayEquals(new long[2], StepGarbage.ofFiftySteps(device, beamSize));
  }

  @Test
  void bfloat16() throws Exception {
    Assumptions.assumeTrue(
        OneDnn.multipliesBfloat16(), "skipped: this processor has no bfloat16 products");
    CpuDevice device = CpuDevice.open(DataType.BF16, new ScalarMath());
    assertArrayEquals(new long[2], StepGarbage.ofFiftySteps(device, 4));
  }

  @Test
  void int8() throws Exception {
    Assumptions.assumeTrue(
        OneDnn.multipliesIntegers(), "skipped: this processor has no instructions for int8");
    CpuDevice device = CpuDevice.open(DataType.I8, new ScalarMath());
    assertArrayEquals(new long[2], StepGarbage.ofFiftySteps(device, 4));
  }
}
