// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.Hang;
import dev.dragoman.TestModels;
import dev.dragoman.Translation;
import dev.dragoman.TranslationOptions;
import dev.dragoman.Translator;
import dev.dragoman.device.Device;
import dev.dragoman.device.EmbeddingTable;
import dev.dragoman.device.HostTensor;
import dev.dragoman.device.KeyValueCache;
import dev.dragoman.device.OutOfDeviceMemoryException;
import dev.dragoman.device.Shape;
import dev.dragoman.device.Tensor;
import dev.dragoman.device.TokenRows;
import dev.dragoman.device.WatchedDevice;
import dev.dragoman.model.Model;
import dev.dragoman.model.TransformerWeights;
import dev.dragoman.model.TransformerWeights.Dense;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes wrong with one sentence, or in one step, stays there. */
@Timeout(Hang.SECONDS)
class FaultsTest {
  private static final Model LETTERS = TestModels.letters();
  private static final TranslationOptions OPTIONS = TestModels.options();

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 8})
  void aSentenceWithoutFiniteScoresFailsAlone(int slots) {
    float[] embedding = LETTERS.weights().sourceEmbedding().floats();
    int width = LETTERS.config().sizes().width();
    embedding[TestModels.id('z') * width + 3] = Float.NaN;
    Model poisoned = withEmbedding(embedding);
    List<String> lines = List.of("abc", "zebra", "def", "z", "ghi", "jazz", "abcdefgh", "x", "y");
    List<Translation> healthy = translate(LETTERS, lines);
    try (Translator translator = Translator.load(poisoned, OPTIONS.withSlots(slots))) {
      List<Translation> translations = translator.translate(lines);
      for (int i = 0; i < lines.size(); i++) {
        if (lines.get(i).contains("z")) {
          String reason = translations.get(i).failure().orElseThrow();
          assertTrue(reason.contains("not finite"), reason);
          assertTrue(translations.get(i).hypotheses().isEmpty());
        } else {
          assertEquals(healthy.get(i), translations.get(i), lines.get(i));
        }
      }
      assertEquals(healthy, translateHealthy(translator, lines, healthy), "afterwards");
    }
  }

  /**
   * Translates the same lines again without the poisoned ones: the slots that failed hold nothing
   * of them.
   */
  private static List<Translation> translateHealthy(
      Translator translator, List<String> lines, List<Translation> healthy) {
    List<String> clean = lines.stream().filter(line -> !line.contains("z")).toList();
    List<Translation> again = translator.translate(clean);
    return IntStream.range(0, lines.size())
        .mapToObj(
            i ->
                clean.contains(lines.get(i))
                    ? again.get(clean.indexOf(lines.get(i)))
                    : healthy.get(i))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
  void oneScoreThatIsNotFiniteIsEnough(float bad) {
    float[] bias = LETTERS.weights().output().bias().floats();
    bias[TestModels.id('q')] = bad;
    for (Translation translation : translate(withOutputBias(bias), TestModels.words(5))) {
      assertTrue(translation.failure().orElseThrow().contains("not finite"));
    }
  }

  @Test
  void whatWasInFlightInAStepThatThrowsIsTranslatedInItsSecondAttempt() {
    List<String> lines = TestModels.words(20);
    List<Translation> expected = translate(LETTERS, lines);
    for (Throwable fault :
        List.of(new IllegalStateException("injected"), new LinkageError("injected"))) {
      AtomicInteger steps = new AtomicInteger();
      Device device =
          new Faulty(
              TestModels.cpu(),
              step -> {
                if (step == 15) {
                  Faulty.raise(fault);
                }
              },
              steps);
      try (Translator translator = Translator.load(LETTERS, device, OPTIONS.withSlots(3))) {
        assertEquals(expected, translator.translate(lines));
        assertTrue(steps.get() > 15, "the fault was there");
        assertEquals(expected, translator.translate(lines), "after the fault");
      }
    }
  }

  @Test
  void aDeviceThatAlwaysFailsFailsEveryLineAfterTwoAttemptsAndStillCloses() {
    AtomicInteger steps = new AtomicInteger();
    Device device =
        new Faulty(TestModels.cpu(), step -> Faulty.raise(new OutOfMemoryError("injected")), steps);
    try (Translator translator =
        Translator.load(LETTERS, device, OPTIONS.withWorkers(2).withSlots(1))) {
      for (Translation translation : translator.translate(TestModels.words(30))) {
        assertEquals(
            "tried twice: injected (on cpu (float32)); injected (on cpu (float32))",
            translation.failure().orElseThrow());
      }
    }
    assertEquals(60, steps.get());
  }

  @Test
  void aSentenceThatBreaksEveryStepTakesNobodyAlong() {
    List<String> lines = TestModels.words(12).stream().filter(line -> !line.contains("z")).toList();
    List<String> poisoned = new ArrayList<>(lines);
    poisoned.add(5, "zzz");
    List<Translation> expected = translate(LETTERS, lines);
    Device device = new Allergic(TestModels.cpu());
    try (Translator translator = Translator.load(LETTERS, device, OPTIONS.withSlots(4))) {
      List<Translation> translations = new ArrayList<>(translator.translate(poisoned));
      String reason = translations.remove(5).failure().orElseThrow();
      assertTrue(reason.startsWith("tried twice: a z (on cpu"), reason);
      assertEquals(expected, translations);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void memoryThatRunsOutAtLoadIsGivenBack(int line) {
    AtomicInteger open = new AtomicInteger(1);
    Device device = new Scarce(TestModels.cpu(), new AtomicInteger(line), open);
    assertThrows(
        OutOfMemoryError.class, () -> Translator.load(LETTERS, device, OPTIONS.withWorkers(3)));
    assertEquals(0, open.get(), "devices left open");
    assertEquals(0, device.bytesHeld());
  }

  @Test
  void aDeviceOutOfMemorySaysWhatWasAskedWhatIsFreeAndWhatWouldFit() {
    Device device =
        new Full(TestModels.cpu(), new OutOfDeviceMemoryException("cuda:3", 4096, 17, null));
    String message =
        assertThrows(
                TooLittleMemoryException.class,
                () -> Translator.load(LETTERS, device, OPTIONS.withSlots(8)))
            .getMessage();
    assertEquals(
        "4096 bytes were asked for on cuda:3, and 17 are free:"
            + " 1 worker with 7 slots of beam 4 and 12 tokens would fit",
        message);
    assertEquals(0, device.bytesHeld());
  }

  @Test
  void closingGivesTheMemoryBackOnce() {
    Device device = TestModels.cpu();
    Translator translator = Translator.load(LETTERS, device, OPTIONS);
    assertTrue(device.bytesHeld() > 0);
    translator.close();
    translator.close();
    assertEquals(0, device.bytesHeld());
  }

  @Test
  void whatIsNoSentenceFailsAlone() {
    try (Engine engine = Engine.start(LETTERS, List.of(TestModels.cpu()), OPTIONS.engine())) {
      int vocabulary = LETTERS.config().sizes().sourceVocabulary();
      int[] tooLong = new int[TestModels.POSITIONS + 1];
      for (int[] source : new int[][] {{}, {vocabulary}, {-1}, {5, -7, 0}, tooLong}) {
        var failure = engine.translate(source).handle((result, problem) -> problem).join();
        assertTrue(failure instanceof IllegalArgumentException, String.valueOf(failure));
        assertEquals(1, engine.translate(new int[] {5, 0}).join().size());
      }
    }
  }

  private static List<Translation> translate(Model model, List<String> lines) {
    try (Translator translator = Translator.load(model, OPTIONS)) {
      return translator.translate(lines);
    }
  }

  private static Model withEmbedding(float[] numbers) {
    TransformerWeights w = LETTERS.weights();
    HostTensor source = HostTensor.of("poisoned", w.sourceEmbedding().shape(), numbers);
    return with(
        new TransformerWeights(
            source,
            w.targetEmbedding(),
            w.sourcePositions(),
            w.targetPositions(),
            w.encoder(),
            w.decoder(),
            w.output()));
  }

  private static Model withOutputBias(float[] bias) {
    TransformerWeights w = LETTERS.weights();
    HostTensor poisoned = HostTensor.of("poisoned", Shape.vector(bias.length), bias);
    return with(
        new TransformerWeights(
            w.sourceEmbedding(),
            w.targetEmbedding(),
            w.sourcePositions(),
            w.targetPositions(),
            w.encoder(),
            w.decoder(),
            new Dense(w.output().weight(), poisoned)));
  }

  private static Model with(TransformerWeights weights) {
    return new Model(LETTERS.config(), weights, LETTERS.tokenizer());
  }

  /**
   * A device on which something happens before a step of the search; steps are counted over all
   * forks.
   */
  private static final class Faulty extends WatchedDevice {
    private final IntConsumer before;
    private final AtomicInteger steps;

    Faulty(Device device, IntConsumer before, AtomicInteger steps) {
      super(device);
      this.before = before;
      this.steps = steps;
    }

    static void raise(Throwable fault) {
      if (fault instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) fault;
    }

    @Override
    public void advance(Tensor logits, Tensor bias, TokenRows.Decoding tokens) {
      before.accept(steps.incrementAndGet());
      device.advance(logits, bias, tokens);
    }

    @Override
    public Device fork() {
      return new Faulty(device.fork(), before, steps);
    }
  }

  /** A device that cannot encode a batch with the letter z. */
  private static final class Allergic extends WatchedDevice {
    Allergic(Device device) {
      super(device);
    }

    @Override
    public void embed(TokenRows tokens, EmbeddingTable table, Tensor out) {
      if (TestModels.holds(device, tokens, 'z')) {
        throw new IllegalStateException("a z");
      }
      device.embed(tokens, table, out);
    }

    @Override
    public Device fork() {
      return new Allergic(device.fork());
    }
  }

  /** A device with room for the weights and not for caches. */
  private static final class Full extends WatchedDevice {
    private final RuntimeException reason;

    Full(Device device, RuntimeException reason) {
      super(device);
      this.reason = reason;
    }

    @Override
    public KeyValueCache allocateCache(Shape shape, int heads) {
      throw reason;
    }

    @Override
    public Device fork() {
      return new Full(device.fork(), reason);
    }
  }

  /** A device without memory for the caches of one of its forks, counted from 1. */
  private static final class Scarce extends WatchedDevice {
    private final AtomicInteger left;
    private final AtomicInteger open;
    private final boolean empty;

    Scarce(Device device, AtomicInteger left, AtomicInteger open) {
      super(device);
      this.left = left;
      this.open = open;
      this.empty = false;
    }

    private Scarce(Scarce parent) {
      super(parent.device.fork());
      this.left = parent.left;
      this.open = parent.open;
      this.empty = left.decrementAndGet() == 0;
      open.incrementAndGet();
    }

    @Override
    public KeyValueCache allocateCache(Shape shape, int heads) {
      if (empty) {
        throw new OutOfMemoryError("injected");
      }
      return device.allocateCache(shape, heads);
    }

    @Override
    public Device fork() {
      return new Scarce(this);
    }

    @Override
    public void close() {
      open.decrementAndGet();
      device.close();
    }
  }
}
