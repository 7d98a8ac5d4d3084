package dev.dragoman.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

/** A sentence with a limit of its own ends there, as if the limit were everyone's. */
@Timeout(120)
class SentenceLimitTest {
  private static final int LONGEST = 20;
  private static final Model MODEL = SmallTransformer.model();
  private static final int[] LIMITS = {1, 2, 3, 7, 12, 19, LONGEST, 5, 1, 11};

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void givesWhatASearchOfThatLengthGives(int beamSize) throws Exception {
    TranslationOptions forced = options(beamSize).withMinLength(LONGEST).withMaxLength(LONGEST);
    List<List<Hypothesis>> limited = translate(forced, LIMITS);
    for (int i = 0; i < LIMITS.length; i++) {
      TranslationOptions alone = forced.withMinLength(LIMITS[i]).withMaxLength(LIMITS[i]);
      List<Hypothesis> expected = new ArrayList<>();
      try (Engine engine = engine(alone)) {
        expected.addAll(engine.translate(source(i)).get());
      }
      assertEquals(expected.size(), limited.get(i).size(), "hypotheses at limit " + LIMITS[i]);
      for (int rank = 0; rank < expected.size(); rank++) {
        assertArrayEquals(expected.get(rank).tokens(), limited.get(i).get(rank).tokens());
        assertEquals(expected.get(rank).score(), limited.get(i).get(rank).score());
        assertEquals(LIMITS[i], limited.get(i).get(rank).tokens().length);
        assertTrue(limited.get(i).get(rank).isCut());
      }
    }
  }

  @Test
  void aSearchThatEndsBeforeItsLimitIsNotTouched() throws Exception {
    TranslationOptions free = options(2).withMaxLength(200);
    int[] tooFar = new int[LIMITS.length];
    java.util.Arrays.fill(tooFar, 300);
    List<List<Hypothesis>> limited = translate(free, tooFar);
    try (Engine engine = engine(free)) {
      for (int i = 0; i < tooFar.length; i++) {
        int[] expected = engine.translate(source(i)).get().get(0).tokens();
        assertArrayEquals(expected, limited.get(i).get(0).tokens());
      }
    }
  }

  /** Each step of each sentence is counted once, with what it attends to. */
  @Test
  void theActivityIsTheWorkThatWasDone() throws Exception {
    int beamSize = 3;
    TranslationOptions forced =
        options(beamSize).withMinLength(LONGEST).withMaxLength(LONGEST).withThreads(2);
    try (Engine engine = engine(forced)) {
      translate(engine, LIMITS);
      Activity activity = engine.activity();
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
          new Activity.Decoded(decoded.steps(), slots, rows, past, sources), activity.decoded());
      assertTrue(LONGEST <= decoded.steps() && decoded.steps() <= slots);
      assertEquals(LIMITS.length, activity.encoded().sentences());
      assertEquals(tokens, activity.encoded().tokens());
      assertTrue(activity.decoding() > 0 && activity.encoding() > 0);
      translate(engine, new int[] {4});
      Activity more = engine.activity().since(activity);
      assertEquals(4, more.decoded().steps());
      assertEquals(1, more.encoded().batches());
      assertEquals(source(0).length, more.encoded().tokens());
    }
  }

  private static List<List<Hypothesis>> translate(TranslationOptions options, int[] limits)
      throws Exception {
    try (Engine engine = engine(options)) {
      return translate(engine, limits);
    }
  }

  private static List<List<Hypothesis>> translate(Engine engine, int[] limits) throws Exception {
    List<CompletableFuture<List<Hypothesis>>> results = new ArrayList<>();
    for (int i = 0; i < limits.length; i++) {
      results.add(engine.translate(source(i), limits[i]));
    }
    List<List<Hypothesis>> hypotheses = new ArrayList<>();
    for (CompletableFuture<List<Hypothesis>> result : results) {
      hypotheses.add(result.get());
    }
    return hypotheses;
  }

  private static int[] source(int i) {
    return i % 2 == 0 ? new int[] {5 + i, 9, 31 - i, 0} : new int[] {40 + i, 0};
  }

  private static Engine engine(TranslationOptions options) {
    Device device = Devices.open("cpu", Optional.of(DataType.F32));
    return Engine.start(MODEL, device, options);
  }

  private static TranslationOptions options(int beamSize) {
    return TranslationOptions.defaults()
        .withThreads(1)
        .withSlots(3)
        .withBeamSize(beamSize)
        .withNBest(beamSize);
  }
}
