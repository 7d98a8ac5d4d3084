// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.Hang;
import dev.dragoman.TranslationOptions;
import dev.dragoman.benchmark.SmallTransformer;
import dev.dragoman.device.DataType;
import dev.dragoman.device.cuda.CudaDevices.Products;
import dev.dragoman.device.cuda.EmulatedDriver.Order;
import dev.dragoman.device.cuda.EmulatedDriver.Timing;
import dev.dragoman.pipeline.Engine;
import dev.dragoman.pipeline.StepLimits;
import dev.dragoman.search.Hypothesis;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A sentence whose steps are limited ends after them, while others go on. */
@Timeout(Hang.SECONDS)
class CudaStepLimitTest {
  private static final int LONGEST = 9;
  private static final int[] LIMITS = {1, 4, LONGEST, 2, 7};

  private final StepLimits limits = new StepLimits();

  @BeforeEach
  void emulate() {
    CudaDevices.behave(Timing.DEFERRED, Order.FORWARD);
  }

  @Test
  void leavesOthersAloneAndMakesItsSteps() throws Exception {
    try (Engine engine = engine()) {
      List<CompletableFuture<List<Hypothesis>>> limited = new ArrayList<>();
      List<CompletableFuture<List<Hypothesis>>> translated = new ArrayList<>();
      for (int i = 0; i < LIMITS.length; i++) {
        limited.add(engine.translate(limits.limited(source(i), LIMITS[i])));
        translated.add(engine.translate(source(i)));
      }
      for (int i = 0; i < LIMITS.length; i++) {
        try (Engine alone = engine()) {
          Hypothesis expected = alone.translate(source(i)).get().get(0);
          Hypothesis actual = translated.get(i).get().get(0);
          assertArrayEquals(expected.tokens(), actual.tokens());
          assertEquals(expected.score(), actual.score());
        }
        assertEquals(LIMITS[i] == LONGEST ? 1 : 0, limited.get(i).get().size());
      }
      int steps = LIMITS.length * LONGEST + Arrays.stream(LIMITS).sum();
      assertTrue(engine.status().activity().decoded().slots() >= steps, "a step for each token");
    }
  }

  private static int[] source(int i) {
    return new int[] {5 + i, 9, 31 - i, 0};
  }

  private Engine engine() {
    TranslationOptions options =
        TranslationOptions.defaults()
            .withWorkers(1)
            .withSlots(2)
            .withBeamSize(3)
            .withMinLength(LONGEST)
            .withMaxLength(LONGEST);
    CudaDevice device = CudaDevices.open(DataType.F32, Products.OWN);
    return Engine.start(SmallTransformer.model(), List.of(device), options.engine(), limits);
  }
}
