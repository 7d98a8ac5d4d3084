// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.dragoman.Hang;
import dev.dragoman.device.DataType;
import dev.dragoman.model.shortlist.ShortlistSource;
import dev.dragoman.pipeline.StepGarbage;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A decoder step leaves no garbage behind. The tests compute without vectors, which are objects on
 * the heap until the JIT compiler has turned them into registers.
 */
@Timeout(Hang.SECONDS)
class CpuStepGarbageTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void float32(int beamSize) throws Exception {
    CpuDevice device = CpuDevice.open(DataType.F32, new ScalarMath());
    assertArrayEquals(new long[2], StepGarbage.ofFiftySteps(device, beamSize));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void withAShortlist(int beamSize, @TempDir Path directory) throws Exception {
    Path file = directory.resolve("vmap.txt");
    Files.writeString(file, "\tw10 w11 w12\nw5\tw20 w21\nw6\tw9 w30\nw8\tw40 w31\n");
    CpuDevice device = CpuDevice.open(DataType.F32, new ScalarMath());
    assertArrayEquals(
        new long[2], StepGarbage.ofFiftySteps(device, beamSize, ShortlistSource.in(file)));
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
    CpuDevice device = CpuDevice.open(DataType.I8, new ScalarMath());
    assertArrayEquals(new long[2], StepGarbage.ofFiftySteps(device, 4));
  }
}
