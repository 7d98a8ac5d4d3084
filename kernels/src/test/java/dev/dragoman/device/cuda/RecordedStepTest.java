// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.device.DataType;
import dev.dragoman.device.Shape;
import dev.dragoman.device.Tensor;
import dev.dragoman.device.cuda.CudaDevices.Products;
import dev.dragoman.device.cuda.EmulatedDriver.Counters;
import dev.dragoman.device.cuda.EmulatedDriver.Order;
import dev.dragoman.device.cuda.EmulatedDriver.Timing;
import java.util.concurrent.atomic.AtomicInteger;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Steps are recorded at their second run; one that cannot be recorded still runs. */
class RecordedStepTest {

  @BeforeEach
  void emulate() {
    EmulatedDriver.requireEmulation();
    CudaDevices.behave(Timing.DEFERRED, Order.FORWARD);
  }

  /** A step that adds x to a sum. */
  private static final class Sum {
    private final CudaDevice device;
    private final Tensor x;
    private final Tensor sum;
    private final Tensor nothing;

    private Sum(CudaDevice device) {
      this.device = device;
      this.x = device.allocate(DataType.F32, new Shape(1, 4));
      this.sum = device.allocate(DataType.F32, new Shape(1, 4));
      this.nothing = device.allocate(DataType.F32, Shape.vector(4));
      device.upload(new float[] {1, 1, 1, 1}, x);
      device.synchronize();
    }

    private void add() {
      device.add(sum, nothing, x, sum);
    }

    private float value() {
      float[] numbers = new float[4];
      device.download(sum, numbers);
      return numbers[3];
    }
  }

  @Test
  void theFirstRunLoadsTheSecondRecords() {
    try (CudaDevice device = CudaDevices.open(DataType.F32, Products.OWN)) {
      Sum sum = new Sum(device);
      Runnable step = device.record(sum::add);
      long[] launches = new long[3];
      long[] graphs = new long[3];
      for (int run = 0; run < 3; run++) {
        Counters before = EmulatedDriver.counters();
        step.run();
        Counters asked = EmulatedDriver.counters().since(before);
        launches[run] = asked.kernels().launches();
        graphs[run] = asked.kernels().graphLaunches();
      }
      assertEquals("1 0 0", launches[0] + " " + launches[1] + " " + launches[2]);
      assertEquals("0 1 1", graphs[0] + " " + graphs[1] + " " + graphs[2]);
      assertEquals(3, sum.value());
    }
  }

  @Test
  void oneThatCannotBeRecordedGoesOnBeingLaunched() {
    try (CudaDevice device = CudaDevices.open(DataType.F32, Products.OWN)) {
      Sum sum = new Sum(device);
      AtomicInteger runs = new AtomicInteger();
      Runnable step =
          device.record(
              () -> {
                sum.add();
                if (runs.incrementAndGet() == 2) {
                  CudaFailure.guard("wait", JCudaDriver::cuCtxSynchronize);
                }
              });
      for (int run = 0; run < 4; run++) {
        step.run();
      }
      assertEquals(4, sum.value());
      assertEquals(5, runs.get(), "the second one twice");
    }
  }

  @Test
  void theFirstErrorOfARecordingSurvives() {
    Execution execution = new Execution(CudaDeviceProvider.openGpu(0));
    try {
      CudaFailure failure =
          assertThrows(
              CudaFailure.class,
              () ->
                  execution.capture(
                      () -> CudaFailure.guard("wait", JCudaDriver::cuCtxSynchronize)));
      assertTrue(failure.getMessage().startsWith("wait: "), failure.getMessage());
      assertEquals(1, failure.getSuppressed().length, "the driver has given up the recording");
    } finally {
      execution.close();
    }
  }
}
