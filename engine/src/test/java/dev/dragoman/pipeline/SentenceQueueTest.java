// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.Hang;
import dev.dragoman.TestModels;
import dev.dragoman.WaitingCall;
import dev.dragoman.device.Device;
import dev.dragoman.device.ForwardingDevice;
import dev.dragoman.device.NoDeviceLeftException;
import dev.dragoman.transformer.Session;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(Hang.SECONDS)
class SentenceQueueTest {
  private final Device cpu = TestModels.cpu();
  private final Replica one = replica("one", 1);
  private final Replica two = replica("two", 2);
  private final SentenceQueue queue = new SentenceQueue(List.of(one, two));

  @AfterEach
  void close() {
    cpu.close();
  }

  @Test
  void sharesWhatWaitsAmongTheWorkers() {
    assertEquals(0, queue.share());
    queue.add(sentence(1));
    assertEquals(1, queue.share());
    queue.add(sentence(1));
    queue.add(sentence(1));
    assertEquals(1, queue.share());
    queue.add(sentence(1));
    assertEquals(2, queue.share());
  }

  @Test
  void givesSentencesInOrderAsFarAsTheyFit() {
    Sentence first = sentence(5);
    Sentence second = sentence(3);
    queue.add(first);
    queue.add(second);
    assertNull(queue.take(4), "a shorter one behind must not pass");
    assertSame(first, queue.take(5));
    queue.putBack(first);
    assertSame(first, queue.take(5));
    assertSame(second, queue.take(5));
    assertNull(queue.take(5));
  }

  @Test
  void whatIsPutBackWakesAWorkerThatWaits() throws Exception {
    queue.add(sentence(1));
    Sentence taken = queue.take(9);
    FutureTask<Boolean> other = WaitingCall.start(() -> queue.awaitWork(one));
    queue.putBack(taken);
    assertTrue(other.get());
  }

  @Test
  void closingFailsWhatWaitsAndWakesEverybody() throws Exception {
    FutureTask<Boolean> worker = WaitingCall.start(() -> queue.awaitWork(one));
    queue.close();
    assertFalse(worker.get());
    assertThrows(IllegalStateException.class, () -> queue.add(sentence(1)));
    Sentence late = sentence(1);
    queue.putBack(late);
    assertThrows(CompletionException.class, late.result()::join);
  }

  @Test
  void closingFailsSentencesThatWait() {
    Sentence waiting = sentence(1);
    queue.add(waiting);
    queue.close();
    assertTrue(waiting.result().isCompletedExceptionally());
    assertTrue(queue.isClosed());
  }

  @Test
  void aSecondAttemptIsMadeElsewhereWhileThereIsAnotherDevice() throws Exception {
    Sentence failed = sentence(3).after(new Sentence.Failure(one, new RuntimeException("why")));
    FutureTask<Boolean> other = WaitingCall.start(() -> queue.awaitWork(two));
    queue.retry(failed);
    assertTrue(other.get());
    assertFalse(queue.hasRetry(one));
    assertNull(queue.takeRetry(one));
    assertSame(failed, queue.takeRetry(two));
    assertNull(queue.takeRetry(two));

    FutureTask<Boolean> here = WaitingCall.start(() -> queue.awaitWork(one));
    queue.retry(failed);
    queue.lose(two);
    assertTrue(here.get(), "it is the only one now");
    assertSame(failed, queue.takeRetry(one));
  }

  @Test
  void aLostDeviceGetsNoSecondAttemptThoughOneDeviceIsLeft() {
    queue.lose(two);
    queue.retry(sentence(3).after(new Sentence.Failure(two, new RuntimeException("why"))));
    assertFalse(queue.hasRetry(two));
    assertNull(queue.takeRetry(two)); // a worker of it that does not know yet
    assertTrue(queue.hasRetry(one));
  }

  @Test
  void theWorkersOfALostDeviceEndAndTheOthersShareItsWork() throws Exception {
    FutureTask<Boolean> worker = WaitingCall.start(() -> queue.awaitWork(two));
    queue.lose(two);
    assertFalse(worker.get());
    for (int i = 0; i < 4; i++) {
      queue.add(sentence(1));
    }
    assertEquals(4, queue.share());
    assertTrue(queue.awaitWork(one));
    assertFalse(queue.awaitWork(two));
  }

  @Test
  void theLossOfTheLastDeviceIsWhyEverythingFails() {
    Sentence waiting = sentence(1);
    Sentence retried = sentence(1).after(new Sentence.Failure(one, new RuntimeException("first")));
    queue.add(waiting);
    queue.retry(retried);
    one.lose(new IllegalStateException("a kernel failed"));
    two.lose(new IllegalStateException());
    queue.lose(one);
    queue.lose(two);
    Sentence late = sentence(1);
    queue.retry(late);
    for (Sentence sentence : List.of(waiting, retried, late)) {
      CompletionException e = assertThrows(CompletionException.class, sentence.result()::join);
      assertEquals(
          "no device is left to translate on: one: a kernel failed; two: IllegalStateException",
          assertInstanceOf(NoDeviceLeftException.class, e.getCause()).getMessage());
    }
    assertThrows(NoDeviceLeftException.class, () -> queue.add(sentence(1)));
  }

  private static Sentence sentence(int length) {
    return new Sentence(new int[length], new int[0], Integer.MAX_VALUE);
  }

  private Replica replica(String name, int workers) {
    Device named =
        new ForwardingDevice(cpu) {
          @Override
          public String name() {
            return name;
          }

          @Override
          public Device fork() {
            return device.fork();
          }
        };
    return new Replica(named, new Sizing(workers, new Session.Size(1, 9, 9)), List.of());
  }
}
