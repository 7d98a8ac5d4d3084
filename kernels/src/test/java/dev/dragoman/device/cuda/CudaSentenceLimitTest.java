package dev.dragoman.device.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dragoman.TranslationOptions;
import dev.dragoman.benchmark.SmallTransformer;
import dev.dragoman.device.DataType;
import dev.dragoman.device.cuda.CudaDevices.Products;
import dev.dragoman.device.cuda.EmulatedDriver.Order;
import dev.dragoman.device.cuda.EmulatedDriver.Timing;
import dev.dragoman.pipeline.Engine;
import dev.dragoman.search.Hypothesis;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A sentence with a limit of its own ends there, while the steps of others go on. */
@Timeout(300)
class CudaSentenceLimitTest {
  private static final int LONGEST = 9;
  private static final int[] LIMITS = {1, 4, LONGEST, 2, 7};

  @BeforeEach
  void emulate() {
    CudaDevices.behave(Timing.DEFERRED, Order.FORWARD);
  }

  @Test
  void givesWhatASearchOfThatLengthGives() throws Exception {
    List<List<Hypothesis>> limited = new ArrayList<>();
    try (Engine engine = engine(LONGEST)) {
      List<CompletableFuture<List<Hypothesis>>> results = new ArrayList<>();
      for (int i = 0; i < LIMITS.length; i++) {
        results.add(engine.translate(source(i), LIMITS[i]));
      }
      for (CompletableFuture<List<Hypothesis>> result : results) {
        limited.add(result.get());
      }
    }
    for (int i = 0; i < LIMITS.length; i++) {
      try (Engine alone = engine(LIMITS[i])) {
        Hypothesis expected = alone.translate(source(i)).get().get(0);
        Hypothesis actual = limited.get(i).get(0);
        assertEquals(LIMITS[i], actual.tokens().length);
        assertArrayEquals(expected.tokens(), actual.tokens(), "limit " + LIMITS[i]);
        assertEquals(expected.score(), actual.score());
      }
    }
  }

  private static int[] source(int i) {
    return new int[] {5 + i, 9, 31 - i, 0};
  }

  private static Engine engine(int length) {
    TranslationOptions options =
        TranslationOptions.defaults()
            .withThreads(1)
            .withSlots(2)
            .withBeamSize(3)
            .withMinLength(length)
            .withMaxLength(length);
    CudaDevice device = CudaDevices.open(DataType.F32, Products.OWN);
    return Engine.start(SmallTransformer.model(), device, options);
  }
}
