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
import dev.dragoman.device.DeviceLostException;
import dev.dragoman.device.EmbeddingTable;
import dev.dragoman.device.NoDeviceLeftException;
import dev.dragoman.device.Tensor;
import dev.dragoman.device.TokenRows;
import dev.dragoman.device.WatchedDevice;
import dev.dragoman.model.Model;
import dev.dragoman.search.Search;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several devices translate from one queue, and go on when some of them are lost. */
@Timeout(Hang.SECONDS)
class LostDeviceTest {
  private static final Model LETTERS = TestModels.letters();
  private static final TranslationOptions OPTIONS = TestModels.options().withSlots(3);

  private final List<Breakable> devices =
      IntStream.range(0, 3).mapToObj(i -> new Breakable("test:" + i)).toList();

  @Test
  void severalDevicesGiveWhatOneGives() {
    List<String> lines = TestModels.words(60);
    Breakable.untilAllWork(devices);
    try (Translator translator = load(OPTIONS)) {
      assertEquals(expected(lines), translator.translate(lines));
      assertTrue(translator.description().startsWith("test:0, test:1, test:2, 3 workers, 9 slots"));
    }
    for (Breakable device : devices) {
      assertTrue(device.steps() > 0, device.name() + " did nothing");
      assertEquals(0, device.bytesHeld());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void theOthersTranslateWhatALostDeviceLeaves(int workers) {
    List<String> lines = TestModels.words(60);
    devices.get(1).breakAtStep(workers); // so that each of its workers has sentences in flight
    devices.get(0).waitFor(devices.get(1));
    devices.get(2).waitFor(devices.get(1));
    try (Translator translator = load(OPTIONS.withWorkers(workers))) {
      assertEquals(expected(lines), translator.translate(lines));
      assertTrue(devices.get(1).isLost());
      assertEquals(expected(lines), translator.translate(lines), "afterwards");
    }
  }

  @Test
  void aSentenceThatBreaksItsDeviceIsTriedOnceMoreAndFailsAlone() {
    List<String> lines = TestModels.words(40).stream().filter(line -> !line.contains("z")).toList();
    List<String> poisoned = new ArrayList<>(lines);
    poisoned.add(7, "jazz");
    devices.forEach(device -> device.breakAtLetter('z'));
    try (Translator translator = load(OPTIONS)) {
      List<Translation> translations = new ArrayList<>(translator.translate(poisoned));
      String reason = translations.remove(7).failure().orElseThrow();
      assertTrue(
          reason.matches("tried twice: a z; it is lost \\(on test:.\\); a z; .* \\(on test:.\\)"),
          reason);
      assertEquals(expected(lines), translations);
      assertEquals(2, devices.stream().filter(Breakable::isLost).count());
    }
  }

  @Test
  void withoutAnyDeviceTheJobEndsAfterWhatWasTranslated() {
    List<String> lines = TestModels.words(300);
    List<Translation> translations = new ArrayList<>();
    try (Translator translator = load(OPTIONS);
        Stream<Translation> stream = translator.translate(lines.stream())) {
      Iterator<Translation> results = stream.iterator();
      translations.add(results.next());
      devices.forEach(device -> device.breakAtStep(40));
      NoDeviceLeftException end =
          assertThrows(
              NoDeviceLeftException.class, () -> results.forEachRemaining(translations::add));
      for (Breakable device : devices) {
        assertTrue(end.getMessage().contains(device.name() + ": at step 40"), end.getMessage());
      }
      assertTrue(translations.size() < lines.size());
      List<Translation> expected = expected(lines.subList(0, translations.size()));
      for (int i = 0; i < expected.size(); i++) {
        Translation translation = translations.get(i);
        if (translation.failure().isPresent()) { // in flight on two of them
          assertTrue(translation.failure().get().startsWith("tried twice"), lines.get(i));
        } else {
          assertEquals(expected.get(i), translation);
        }
      }
      assertThrows(NoDeviceLeftException.class, () -> translator.translate("late"));
    }
    devices.forEach(device -> assertEquals(0, device.bytesHeld()));
  }

  @Test
  void withoutAnyDeviceAJobEndsWhoseLinesHaveAllBeenRead() {
    devices.forEach(device -> device.breakAtStep(1));
    try (Translator translator = load(OPTIONS)) {
      assertThrows(NoDeviceLeftException.class, () -> translator.translate(TestModels.words(12)));
    }
  }

  @Test
  void aWorkerThatEndsLetsNobodyWait() throws InterruptedException {
    Device device = TestModels.cpu();
    Search search = Search.of(OPTIONS.search(), LETTERS.config());
    Replica replica = Replica.load(LETTERS, device, OPTIONS.engine(), search.rules());
    SentenceQueue queue = new SentenceQueue(List.of(replica));
    Thread worker = new Thread(new Worker(replica, replica.sessions().get(0), queue, search));
    worker.start();
    worker.interrupt();
    worker.join();
    NoDeviceLeftException end =
        assertThrows(
            NoDeviceLeftException.class,
            () -> queue.add(new Sentence(new int[] {5, 0}, new int[0], Integer.MAX_VALUE)));
    assertTrue(
        end.getMessage().endsWith(device.name() + ": InterruptedException"), end.getMessage());
    device.close();
    assertEquals(0, device.bytesHeld());
  }

  private Translator load(TranslationOptions options) {
    return Translator.load(LETTERS, List.copyOf(devices), options);
  }

  private static List<Translation> expected(List<String> lines) {
    try (Translator translator = Translator.load(LETTERS, OPTIONS)) {
      return translator.translate(lines);
    }
  }

  /** A processor that can be lost: from then on everything that computes or waits fails. */
  private static final class Breakable extends WatchedDevice {
    private final Fate fate;

    private static final class Fate {
      final String name;
      final AtomicInteger steps = new AtomicInteger();
      final CountDownLatch begun = new CountDownLatch(1);
      final CountDownLatch lost = new CountDownLatch(1);
      final List<CountDownLatch> awaited = new ArrayList<>();
      volatile int lastStep = Integer.MAX_VALUE;
      char letter;
      volatile RuntimeException reason;

      Fate(String name) {
        this.name = name;
      }
    }

    Breakable(String name) {
      super(TestModels.cpu());
      this.fate = new Fate(name);
    }

    private Breakable(Device device, Fate fate) {
      super(device);
      this.fate = fate;
    }

    void breakAtStep(int step) {
      fate.lastStep = step;
    }

    void breakAtLetter(char letter) {
      fate.letter = letter;
    }

    /** Sets that this device makes no step before another one is lost. */
    void waitFor(Breakable other) {
      fate.awaited.add(other.fate.lost);
    }

    /** Sets that no device makes a step before each has work. */
    static void untilAllWork(List<Breakable> devices) {
      for (Breakable device : devices) {
        devices.forEach(other -> device.fate.awaited.add(other.fate.begun));
      }
    }

    boolean isLost() {
      return fate.reason != null;
    }

    int steps() {
      return fate.steps.get();
    }

    private void check() {
      if (fate.reason != null) {
        throw fate.reason;
      }
    }

    private void lose(String reason) {
      fate.reason = new IllegalStateException(reason);
      fate.lost.countDown();
      throw fate.reason;
    }

    @Override
    public String name() {
      return fate.name;
    }

    @Override
    public void embed(TokenRows tokens, EmbeddingTable table, Tensor out) {
      check();
      if (fate.letter != 0 && TestModels.holds(device, tokens, fate.letter)) {
        lose("a " + fate.letter);
      }
      device.embed(tokens, table, out);
    }

    @Override
    public void advance(Tensor logits, Tensor bias, TokenRows.Decoding tokens) {
      check();
      fate.begun.countDown();
      if (fate.steps.incrementAndGet() >= fate.lastStep) {
        lose("at step " + fate.lastStep);
      }
      for (CountDownLatch latch : fate.awaited) {
        try {
          assertTrue(latch.await(Hang.SECONDS, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }
      device.advance(logits, bias, tokens);
    }

    @Override
    public void synchronize() {
      if (fate.reason != null) {
        throw new DeviceLostException("it is lost", fate.reason);
      }
      device.synchronize();
    }

    @Override
    public Device fork() {
      return new Breakable(device.fork(), fate);
    }
  }
}
