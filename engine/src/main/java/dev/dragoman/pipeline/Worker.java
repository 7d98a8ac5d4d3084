// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.pipeline;

import dev.dragoman.device.DeviceLostException;
import dev.dragoman.device.SlotState;
import dev.dragoman.search.Search;
import dev.dragoman.text.OneLine;
import dev.dragoman.transformer.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the slots of one session full: encodes the next sentences into free slots, advances all
 * slots by one step, hands out what has finished, and again. Sentences come and go while others are
 * in flight, so nothing waits for the longest. A sentence that was in flight when something failed
 * is tried once more, by itself, and on another device if there is one.
 */
final class Worker implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(Worker.class);

  private final Replica replica;
  private final SentenceQueue queue;
  private final Session session;
  private final Session.Size size;
  private final SlotTable slots;
  private final Results results;
  private final StatusWatch watch;
  private final Tally tally = new Tally();
  private final Runnable step = this::step; // made once: no step leaves garbage behind
  private boolean alone;

  /**
   * Prepares a worker, which begins when it is run.
   *
   * @param session of the replica, no other worker's
   */
  Worker(Replica replica, Session session, SentenceQueue queue, Search search) {
    this.replica = replica;
    this.queue = queue;
    this.session = session;
    this.size = replica.sessionSize();
    this.slots = new SlotTable(size, search.rules().beamSize());
    this.results = new Results(session, search);
    this.watch = new StatusWatch(session, session.device().capacity().stepsAhead());
  }

  Tally tally() {
    return tally;
  }

  @Override
  public void run() {
    try {
      while (queue.goesOn(replica) && refill()) {
        advance();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      replica.lose(e);
    } catch (RuntimeException | Error e) {
      log.debug("a worker of {} ends", replica.name(), e);
      replica.lose(e);
    } finally {
      end();
    }
  }

  /** Sees to it that nobody waits for a worker that ends because of a failure. */
  private void end() {
    Optional<Throwable> loss = replica.loss();
    loss.ifPresent(reason -> queue.lose(replica));
    int moved = retryAll(loss.orElseGet(() -> new IllegalStateException("it was closed")));
    Optional<Integer> all = replica.workerEnds(moved);
    if (loss.isPresent() && all.isPresent() && !queue.isClosed()) {
      log.error(
          "a device is lost, {}; the {} sentences it was translating go to {}",
          replica,
          all.get(),
          String.join(", ", queue.working()));
    }
    session.device().close();
  }

  /** Fills free slots, waiting for work if all are free; false when the worker should end. */
  private boolean refill() throws InterruptedException {
    if (slots.isEmpty()) {
      if (!queue.awaitWork(replica)) {
        return false;
      }
      // The sentence may be to blame, so nothing else is in flight beside it.
      Sentence suspect = queue.takeRetry(replica);
      alone = suspect != null;
      if (alone) {
        begin(List.of(slots.place(suspect)));
      }
    }
    // Encoding a few sentences together costs less than one by one, so small gaps wait.
    boolean worthwhile = slots.isEmpty() || slots.free() >= Math.max(1, size.slots() / 4);
    if (alone || !worthwhile || queue.hasRetry(replica)) {
      return true;
    }
    int share = queue.share();
    if (share == 0) {
      return true;
    }
    List<Session.Placed> batch = new ArrayList<>();
    int tokens = 0;
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
      begin(batch);
    }
    return true;
  }

  private void begin(List<Session.Placed> batch) {
    long start = System.nanoTime();
    guard(() -> session.begin(batch));
    tally.addTime(Tally.Sum.ENCODING_NANOSECONDS, start);
    tally.add(Tally.Sum.BATCHES, 1);
    tally.add(Tally.Sum.SENTENCES, batch.size());
    for (Session.Placed placed : batch) {
      long length = placed.source().length;
      tally.add(Tally.Sum.TOKENS, length);
      tally.add(Tally.Sum.SQUARES, length * length);
    }
  }

  private void advance() {
    if (!slots.isEmpty()) {
      slots.nextStep(tally);
      guard(step);
    }
  }

  private void step() {
    long start = System.nanoTime();
    session.step(slots.rows(), slots.rowCount());
    watch.step();
    if (!watch.isDue()) {
      tally.addTime(Tally.Sum.DECODING_NANOSECONDS, start);
      return;
    }
    int[] status = watch.await();
    long decoded = tally.addTime(Tally.Sum.DECODING_NANOSECONDS, start);
    collect(status);
    tally.addTime(Tally.Sum.COLLECTING_NANOSECONDS, decoded);
  }

  /** Hands out what has finished in the step that was just seen. */
  private void collect(int[] status) {
    for (int slot = 0; slot < slots.count(); slot++) {
      if (slots.wasFed(slot, watch.ahead())) {
        finish(slot, status[slot]);
      }
    }
    if (slots.isEmpty()) {
      watch.forget();
    }
  }

  private void finish(int slot, int status) {
    if (status == SlotState.FINISHED
        || (status == SlotState.RUNNING && slots.hasMadeMostSteps(slot, watch.ahead()))) {
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
   * Does some work. Whatever goes wrong in it gives the sentences in flight a second attempt; if
   * the device still works, this worker goes on.
   *
   * @throws DeviceLostException if it does not
   */
  private void guard(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException | Error e) {
      log.debug("a step failed on {}", replica.name(), e);
      try {
        session.device().synchronize();
      } catch (RuntimeException lost) {
        throw new DeviceLostException(OneLine.of(e) + "; " + lost.getMessage(), e);
      }
      retryAll(e);
    }
  }

  /**
   * Gives the sentences in flight a second attempt, or lets them fail if this was it.
   *
   * @return how many are tried again
   */
  private int retryAll(Throwable reason) {
    Sentence.Failure failure = new Sentence.Failure(replica, reason);
    int retried = 0;
    watch.forget();
    for (int slot = 0; slot < slots.count(); slot++) {
      if (!slots.isOccupied(slot)) {
        continue;
      }
      Sentence sentence = slots.release(slot);
      if (sentence.failure().isPresent()) {
        String both = "tried twice: " + sentence.failure().get() + "; " + failure;
        queue.fail(sentence, new IllegalStateException(both, reason));
      } else {
        queue.retry(sentence.after(failure));
        retried++;
      }
    }
    return retried;
  }
}
