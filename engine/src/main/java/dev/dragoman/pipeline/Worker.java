package dev.dragoman.pipeline;

import dev.dragoman.device.SlotState;
import dev.dragoman.search.Search;
import dev.dragoman.transformer.Session;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the slots of one session full: encodes the next sentences into free slots, advances all
 * slots by one step, hands out what has finished, and again. Sentences come and go while others are
 * in flight, so nothing waits for the longest.
 */
final class Worker implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(Worker.class);

  private final SentenceQueue queue;
  private final Session session;
  private final Session.Size size;
  private final SlotTable slots;
  private final Results results;

  Worker(SentenceQueue queue, Session session, Session.Size size, Search search) {
    this.queue = queue;
    this.session = session;
    this.size = size;
    this.slots = new SlotTable(size, search.rules().beamSize());
    this.results = new Results(session, search);
  }

  @Override
  public void run() {
    try {
      while (!queue.isClosed() && refill()) {
        advance();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      queue.close(); // should this worker ever fail, nobody may wait for it
      failAll(SentenceQueue.closedException());
      session.device().close();
    }
  }

  /** Fills free slots, waiting for work if all are free; false when the queue is closed. */
  private boolean refill() throws InterruptedException {
    // Encoding a few sentences together costs less than one by one, so small gaps wait.
    boolean worthwhile = slots.isEmpty() || slots.free() >= Math.max(1, size.slots() / 4);
    if (!worthwhile) {
      return true;
    }
    if (slots.isEmpty() && !queue.awaitWork()) {
      return false;
    }
    List<Session.Placed> batch = new ArrayList<>();
    int tokens = 0;
    int share = queue.share();
    while (slots.free() > 0 && batch.size() < share) {
      Sentence next = queue.take(size.encoderTokens() - tokens);
      if (next == null) {
        break;
      }
      Session.Placed placed = slots.place(next);
      if (placed == null) {
        queue.putBack(next);
        break;
      }
      batch.add(placed);
      tokens += next.source().length;
    }
    if (!batch.isEmpty()) {
      guard(() -> session.begin(batch));
    }
    return true;
  }

  private void advance() {
    if (slots.isEmpty()) {
      return;
    }
    int count = slots.nextStep();
    guard(
        () -> {
          session.step(slots.rows(), count);
          int[] status = results.status();
          for (int slot : slots.occupied()) {
            finish(slot, status[slot]);
          }
        });
  }

  private void finish(int slot, int status) {
    if (status == SlotState.FINISHED) {
      var hypotheses = results.hypotheses(slot);
      slots.release(slot).result().complete(hypotheses);
    } else if (status == SlotState.FAILED) {
      slots
          .release(slot)
          .result()
          .completeExceptionally(
              new ArithmeticException("the model's scores for this sentence are not finite"));
    }
  }

  /**
   * Whatever goes wrong on the device fails the sentences in flight, and the next ones are tried
   * again.
   */
  private void guard(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException | Error e) {
      log.debug("the sentences in flight are lost", e);
      failAll(e);
    }
  }

  private void failAll(Throwable reason) {
    for (int slot : slots.occupied()) {
      slots.release(slot).result().completeExceptionally(reason);
    }
  }
}
