// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.Hang;
import dev.dragoman.TranslationOptions;
import dev.dragoman.benchmark.SmallTransformer;
import dev.dragoman.device.DataType;
import dev.dragoman.device.Device;
import dev.dragoman.device.Devices;
import dev.dragoman.model.Model;
import dev.dragoman.search.Hypothesis;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A sentence whose steps are limited makes no more than these, and leaves others alone. */
@Timeout(Hang.SECONDS)
class StepLimitTest {
  private static final int LONGEST = 20;
  private static final Model MODEL = SmallTransformer.model();
  private static final int[] LIMITS = {1, 2, 3, 7, 12, 19, LONGEST, 5, 1, 11};

  private final StepLimits limits = new StepLimits();

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void endsAfterItsStepsAndLeavesOthersAlone(int beamSize) throws Exception {
    TranslationOptions options = options(beamSize).withMinLength(LONGEST).withMaxLength(LONGEST);
    List<List<Hypothesis>> alone = new ArrayList<>();
    for (int i = 0; i < LIMITS.length; i++) {
      try (Engine engine = engine(options)) {
        alone.add(engine.translate(source(i)).get());
      }
    }
    try (Engine engine = engine(options)) {
      List<CompletableFuture<List<Hypothesis>>> limited = new ArrayList<>();
      List<CompletableFuture<List<Hypothesis>>> translated = new ArrayList<>();
      for (int i = 0; i < LIMITS.length; i++) {
        limited.add(engine.translate(limits.limited(source(i), LIMITS[i])));
        translated.add(engine.translate(source(i)));
      }
      for (int i = 0; i < LIMITS.length; i++) {
        same(alone.get(i), translated.get(i).get());
        // One whose search ends in that very step has hypotheses.
        same(LIMITS[i] == LONGEST ? alone.get(i) : List.of(), limited.get(i).get());
      }
    }
  }

  @Test
  void aSearchThatEndsBeforeIsNotTouched() throws Exception {
    TranslationOptions free = options(2).withMaxLength(200);
    try (Engine engine = engine(free)) {
      for (int i = 0; i < LIMITS.length; i++) {
        same(
            engine.translate(source(i)).get(),
            engine.translate(limits.limited(source(i), 300)).get());
      }
    }
  }

  private static void same(List<Hypothesis> expected, List<Hypothesis> actual) {
    assertEquals(expected.size(), actual.size());
    for (int rank = 0; rank < expected.size(); rank++) {
      assertArrayEquals(expected.get(rank).tokens(), actual.get(rank).tokens());
      assertEquals(expected.get(rank).score(), actual.get(rank).score());
    }
  }

  /** Each step of each sentence is counted once, with what it attends to. */
  @Test
  void theActivityIsTheWorkThatWasDone() throws Exception {
    int beamSize = 3;
    TranslationOptions forced =
        options(beamSize).withMinLength(LONGEST).withMaxLength(LONGEST).withWorkers(2);
    try (Engine engine = engine(forced)) {
      translateAll(engine, LIMITS);
      Activity activity = engine.status().activity();
      long slots = 0;
      long rows = 0;
      long past = 0;
      long sources = 0;
      long tokens = 0;
      for (int i = 0; i < LIMITS.length; i++) {
        int length = source(i).length;
        slots += LIMITS[i];
        sources += (long) length * LIMITS[i];
        tokens += length;
        for (int step = 0; step < LIMITS[i]; step++) {
          int beams = step == 0 ? 1 : beamSize;
          rows += beams;
          past += (long) beams * (step + 1);
        }
      }
      Activity.Decoded decoded = activity.decoded();
      assertEquals(
          new Activity.Decoded(decoded.steps(), slots, rows, past, sources, 0), activity.decoded());
      assertTrue(LONGEST <= decoded.steps() && decoded.steps() <= slots);
      assertEquals(LIMITS.length, activity.encoded().sentences());
      assertEquals(tokens, activity.encoded().tokens());
      assertTrue(activity.decoding() > 0 && activity.encoding() > 0);
      translateAll(engine, new int[] {4});
      Activity more = engine.status().activity().since(activity);
      assertEquals(4, more.decoded().steps());
      assertEquals(1, more.encoded().batches());
      assertEquals(source(0).length, more.encoded().tokens());
    }
  }

  private void translateAll(Engine engine, int[] steps) throws Exception {
    List<CompletableFuture<List<Hypothesis>>> results = new ArrayList<>();
    for (int i = 0; i < steps.length; i++) {
      results.add(engine.translate(limits.limited(source(i), steps[i])));
    }
    for (CompletableFuture<List<Hypothesis>> result : results) {
      result.get();
    }
  }

  private static int[] source(int i) {
    return i % 2 == 0 ? new int[] {5 + i, 9, 31 - i, 0} : new int[] {40 + i, 0};
  }

  private Engine engine(TranslationOptions options) {
    Device device = Devices.open("cpu", Optional.of(DataType.F32));
    return Engine.start(MODEL, List.of(device), options.engine(), limits);
  }

  private static TranslationOptions options(int beamSize) {
    return TranslationOptions.defaults()
        .withWorkers(1)
        .withSlots(3)
        .withBeamSize(beamSize)
        .withNBest(beamSize);
  }
}
