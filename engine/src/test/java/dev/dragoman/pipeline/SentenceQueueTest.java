package dev.dragoman.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SentenceQueueTest {
  private final SentenceQueue queue = new SentenceQueue(4, 3);

  @Test
  void sharesWhatWaitsAmongTheWorkers() throws InterruptedException {
    assertEquals(0, queue.share());
    queue.put(sentence(1));
    assertEquals(1, queue.share());
    queue.put(sentence(1));
    queue.put(sentence(1));
    assertEquals(1, queue.share());
    queue.put(sentence(1));
    assertEquals(2, queue.share());
  }

  @Test
  void givesSentencesInOrderAsFarAsTheyFit() throws InterruptedException {
    Sentence first = sentence(5);
    Sentence second = sentence(3);
    queue.put(first);
    queue.put(second);
    assertNull(queue.take(4), "a shorter one behind must not pass");
    assertSame(first, queue.take(5));
    queue.putBack(first);
    assertSame(first, queue.take(5));
    assertSame(second, queue.take(5));
    assertNull(queue.take(5));
  }

  @Test
  void putWaitsWhileItIsFull() throws Exception {
    for (int i = 0; i < 4; i++) {
      queue.put(sentence(1));
    }
    Waiting<Void> put =
        Waiting.on(
            () -> {
              queue.put(sentence(2));
              return null;
            });
    assertEquals(1, queue.take(9).source().length);
    put.get();
    for (int i = 0; i < 3; i++) {
      assertEquals(1, queue.take(9).source().length);
    }
    assertEquals(2, queue.take(9).source().length);
  }

  @Test
  void whatIsPutBackWakesAWorkerThatWaits() throws Exception {
    queue.put(sentence(1));
    Sentence taken = queue.take(9);
    Waiting<Boolean> other = Waiting.on(queue::awaitWork);
    queue.putBack(taken);
    assertTrue(other.get());
  }

  @Test
  void closingFailsWhatWaitsAndWakesEverybody() throws Exception {
    Waiting<Boolean> worker = Waiting.on(queue::awaitWork);
    queue.close();
    assertFalse(worker.get());
    assertThrows(IllegalStateException.class, () -> queue.put(sentence(1)));
    Sentence late = sentence(1);
    queue.putBack(late);
    assertThrows(CompletionException.class, late.result()::join);
  }

  @Test
  void closingFailsSentencesAndThoseWhoWaitForRoom() throws Exception {
    Sentence waiting = sentence(1);
    queue.put(waiting);
    for (int i = 0; i < 3; i++) {
      queue.put(sentence(1));
    }
    Waiting<Boolean> put =
        Waiting.on(
            () -> {
              assertThrows(IllegalStateException.class, () -> queue.put(sentence(1)));
              return true;
            });
    queue.close();
    assertTrue(put.get());
    assertTrue(waiting.result().isCompletedExceptionally());
    assertTrue(queue.isClosed());
  }

  private static Sentence sentence(int length) {
    return new Sentence(new int[length]);
  }

  /** A call in another thread that is known to wait. */
  private record Waiting<T>(FutureTask<T> task) {
    static <T> Waiting<T> on(Callable<T> call) {
      FutureTask<T> task = new FutureTask<>(call);
      Thread thread = new Thread(task);
      thread.setDaemon(true);
      thread.start();
      while (thread.getState() != Thread.State.WAITING) {
        assertFalse(task.isDone(), "it did not wait");
        Thread.onSpinWait();
      }
      return new Waiting<>(task);
    }

    T get() throws Exception {
      return task.get();
    }
  }
}
