// SPDX-License-Identifier: Apache-2.0
package dev.dragoman;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.device.Device;
import dev.dragoman.device.Tensor;
import dev.dragoman.device.TokenRows;
import dev.dragoman.device.WatchedDevice;
import dev.dragoman.model.Model;
import dev.dragoman.pipeline.Futures;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Lines are handed in one by one, and no more of them than a bound allows. */
@Timeout(Hang.SECONDS)
class SubmitTest {
  private static final Model LETTERS = TestModels.letters();
  private static final int SLOTS = 2;
  private static final int MOST = Translator.LINES_PER_SLOT * SLOTS;

  private final Gated device = new Gated(TestModels.cpu(), new CountDownLatch(1));
  private final Translator translator =
      Translator.load(LETTERS, device, TestModels.options().withSlots(SLOTS));

  /** Opens the gate, as a translator with a test that failed would not be closed behind it. */
  private final AutoCloseable opening = device.gate::countDown;

  @Test
  void doesNotWaitForTheTranslation() {
    try (translator) {
      CompletableFuture<Translation> translation = translator.submit("abc");
      assertFalse(translation.isDone());
      device.gate.countDown();
      assertEquals(translator.translate("abc"), Futures.await(translation));
    }
  }

  @Test
  void waitsWhileTooManyLinesAreUnderWay() throws Exception {
    try (translator;
        opening) {
      List<String> lines = TestModels.words(MOST + 1);
      List<CompletableFuture<Translation>> translations = submit(MOST);
      FutureTask<CompletableFuture<Translation>> last =
          WaitingCall.start(() -> translator.submit(lines.get(MOST)));
      device.gate.countDown();
      List<Translation> expected = translator.translate(lines);
      assertEquals(expected.get(MOST), Futures.await(last.get()));
      assertEquals(expected.subList(0, MOST), translations.stream().map(Futures::await).toList());
    }
  }

  @Test
  void whoWaitsIsLetGoWhenTheTranslatorIsClosed() throws Exception {
    List<CompletableFuture<Translation>> translations = submit(MOST);
    FutureTask<Throwable> late =
        WaitingCall.start(
            () ->
                assertThrows(
                    IllegalStateException.class, () -> Futures.await(translator.submit("late"))));
    Thread closing = new Thread(translator::close);
    closing.start();
    assertEquals("the translator was closed", late.get().getMessage());
    device.gate.countDown();
    closing.join();
    for (CompletableFuture<Translation> translation : translations) {
      assertTrue(translation.handle((done, problem) -> true).get(), "it ends, either way");
    }
  }

  @Test
  void whoIsInterruptedWhileItWaitsStaysInterrupted() throws Exception {
    try (translator;
        opening) {
      List<CompletableFuture<Translation>> translations = submit(MOST);
      Thread.currentThread().interrupt();
      assertThrows(IllegalStateException.class, () -> translator.submit("abc"));
      assertTrue(Thread.interrupted());
      FutureTask<CompletableFuture<Translation>> next =
          WaitingCall.start(() -> translator.submit("abc")); // nobody gave a permit back
      device.gate.countDown();
      translations.forEach(Futures::await);
      assertEquals(translator.translate("abc"), Futures.await(next.get()));
    }
  }

  private List<CompletableFuture<Translation>> submit(int count) {
    List<CompletableFuture<Translation>> translations = new ArrayList<>();
    TestModels.words(count).forEach(line -> translations.add(translator.submit(line)));
    return translations;
  }

  /** A device whose steps wait until its gate is open. */
  private static final class Gated extends WatchedDevice {
    private final CountDownLatch gate;

    Gated(Device device, CountDownLatch gate) {
      super(device);
      this.gate = gate;
    }

    @Override
    public void advance(Tensor logits, Tensor bias, TokenRows.Decoding tokens) {
      try {
        assertTrue(gate.await(Hang.SECONDS, TimeUnit.SECONDS));
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      device.advance(logits, bias, tokens);
    }

    @Override
    public Device fork() {
      return new Gated(device.fork(), gate);
    }
  }
}
