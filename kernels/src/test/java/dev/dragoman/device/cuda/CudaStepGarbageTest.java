// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.dragoman.Hang;
import dev.dragoman.device.DataType;
import dev.dragoman.device.cuda.CudaDevices.Products;
import dev.dragoman.device.cuda.EmulatedDriver.Order;
import dev.dragoman.device.cuda.EmulatedDriver.Timing;
import dev.dragoman.pipeline.StepGarbage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A decoder step leaves no garbage behind. */
@Timeout(Hang.SECONDS)
class CudaStepGarbageTest {

  @BeforeEach
  void emulate() {
    CudaDevices.behave(Timing.DEFERRED, Order.FORWARD);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aStepInFloat16AllocatesNothing(int beamSize) throws Exception {
    CudaDevice device = CudaDevices.open(DataType.F16, Products.LT);
    assertArrayEquals(new long[2], StepGarbage.ofFiftySteps(device, beamSize));
  }

  @Test
  void aStepInInt8AllocatesNothing() throws Exception {
    CudaDevice device = CudaDevices.open(DataType.I8, Products.OWN);
    assertArrayEquals(new long[2], StepGarbage.ofFiftySteps(device, 2));
  }
}
