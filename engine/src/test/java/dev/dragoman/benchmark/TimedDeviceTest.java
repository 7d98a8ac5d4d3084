// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dragoman.device.DataType;
import dev.dragoman.device.Devices;
import dev.dragoman.device.HostTensor;
import dev.dragoman.device.Linear;
import dev.dragoman.device.Shape;
import dev.dragoman.device.Tensor;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TimedDeviceTest {
  private static final Shape WEIGHTS = new Shape(3, 5);

  @Test
  void productsAreCountedByTheShapeOfTheirWeightsInEveryFormOfAStep() {
    try (TimedDevice device = new TimedDevice(Devices.open("cpu", Optional.empty()))) {
      HostTensor zeros = HostTensor.of("zeros", WEIGHTS, new float[WEIGHTS.size()]);
      Linear weights = device.pack(zeros, new float[WEIGHTS.rows()]);
      Tensor x = device.allocate(DataType.F32, new Shape(7, WEIGHTS.columns()));
      Tensor out = device.allocate(DataType.F32, new Shape(7, WEIGHTS.rows()));
      device.linear(x, weights, out);
      device.record(() -> device.linear(x, weights, out)).run();

      assertEquals(Set.of("linear 5 to 3"), device.operationsPerSecond().keySet());
      double seconds = device.times().get("linear") / 1e9;
      double operations = device.operationsPerSecond().get("linear 5 to 3") * seconds;
      assertEquals(2 * (2 * 7 * 5 * 3), operations, 1e-6 * operations);

      device.reset();
      assertEquals(Map.of(), device.operationsPerSecond());
    }
  }
}
