// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.Hang;
import dev.dragoman.TestModels;
import dev.dragoman.Translation;
import dev.dragoman.TranslationOptions;
import dev.dragoman.Translator;
import dev.dragoman.device.Device;
import dev.dragoman.device.DeviceCapacity;
import dev.dragoman.device.Tensor;
import dev.dragoman.device.TokenRows;
import dev.dragoman.device.WatchedDevice;
import dev.dragoman.model.Model;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The host may look at a step late, as it does where the device works by itself. */
@Timeout(Hang.SECONDS)
class StepsAheadTest {
  private static final Model LETTERS = TestModels.letters();
  private static final TranslationOptions OPTIONS = TestModels.options().withWorkers(1);

  @ParameterizedTest
  @CsvSource({"1,1", "1,3", "2,3", "7,2", "20,5"})
  void translationsAreTheSame(int stepsAhead, int slots) {
    List<String> lines = TestModels.words(60);
    List<Translation> expected = translate(lines, new Ahead(0), slots);
    assertEquals(expected, translate(lines, new Ahead(stepsAhead), slots));
  }

  @Test
  void aSentenceAloneCostsTheStepsAheadAndNoMore() {
    List<String> line = TestModels.words(1);
    Ahead none = new Ahead(0);
    Ahead three = new Ahead(3);
    translate(line, none, 4);
    translate(line, three, 4);
    assertTrue(none.steps.get() > 1);
    assertEquals(none.steps.get() + 3, three.steps.get());
  }

  @Test
  void whatWasInFlightWhenAStepFailedIsTranslatedAgain() {
    List<String> lines = TestModels.words(30);
    List<Translation> expected = translate(lines, new Ahead(0), 3);
    Ahead failing = new Ahead(2);
    failing.failAt = 17;
    assertEquals(expected, translate(lines, failing, 3));
    assertTrue(failing.steps.get() > 17, "the fault was there");
  }

  private static List<Translation> translate(List<String> lines, Device device, int slots) {
    try (Translator translator = Translator.load(LETTERS, device, OPTIONS.withSlots(slots))) {
      return translator.translate(lines);
    }
  }

  private static final class Ahead extends WatchedDevice {
    private final int stepsAhead;
    private final AtomicInteger steps;
    private int failAt;

    Ahead(int stepsAhead) {
      this(TestModels.cpu(), stepsAhead, new AtomicInteger());
    }

    private Ahead(Device device, int stepsAhead, AtomicInteger steps) {
      super(device);
      this.stepsAhead = stepsAhead;
      this.steps = steps;
    }

    @Override
    public DeviceCapacity capacity() {
      DeviceCapacity real = super.capacity();
      return new DeviceCapacity(
          real.workers(), real.rows(), real.leastRows(), stepsAhead, real.activations());
    }

    @Override
    public void advance(Tensor logits, Tensor bias, TokenRows.Decoding tokens) {
      if (steps.incrementAndGet() == failAt) {
        throw new IllegalStateException("injected");
      }
      super.advance(logits, bias, tokens);
    }

    @Override
    public Device fork() {
      Ahead fork = new Ahead(device.fork(), stepsAhead, steps);
      fork.failAt = failAt;
      return fork;
    }
  }
}
