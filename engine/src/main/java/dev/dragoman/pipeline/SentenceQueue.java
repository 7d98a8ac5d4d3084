// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.pipeline;

import dev.dragoman.device.NoDeviceLeftException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Sentences that wait for a slot, for the workers of all devices. Those that were in flight when
 * something failed wait apart, for their second attempt.
 */
final class SentenceQueue {
  private final Deque<Sentence> waiting = new ArrayDeque<>();
  private final Deque<Sentence> retries = new ArrayDeque<>();
  private final List<Replica> working;
  private final List<Replica> lost = new ArrayList<>();
  private RuntimeException closed;

  /**
   * Begins empty.
   *
   * @param replicas the devices that take from it
   */
  SentenceQueue(List<Replica> replicas) {
    this.working = new ArrayList<>(replicas);
  }

  /**
   * Takes a sentence; waits for nothing.
   *
   * @throws IllegalStateException if the queue is closed
   * @throws NoDeviceLeftException if no device is left
   */
  synchronized void add(Sentence sentence) {
    if (closed != null) {
      throw closed;
    }
    waiting.addLast(sentence);
    notifyAll();
  }

  /** Waits until there is a sentence for a worker of this device; false when it should end. */
  synchronized boolean awaitWork(Replica replica) throws InterruptedException {
    while (waiting.isEmpty() && !hasRetry(replica) && goesOn(replica)) {
      wait();
    }
    return goesOn(replica);
  }

  /** Tells whether the queue is open and the device is not lost. */
  synchronized boolean goesOn(Replica replica) {
    return closed == null && working.contains(replica);
  }

  /** Says how many sentences a worker takes at most, so that the others find work, too. */
  synchronized int share() {
    int workers = 0;
    for (int i = 0; i < working.size(); i++) { // no garbage: workers ask in every step
      workers += working.get(i).workers();
    }
    workers = Math.max(1, workers);
    return (waiting.size() + workers - 1) / workers;
  }

  /** Takes the next sentence if it has at most so many tokens; null if not. */
  synchronized Sentence take(int tokens) {
    Sentence next = waiting.peekFirst();
    if (next == null || next.source().length > tokens) {
      return null;
    }
    return waiting.removeFirst();
  }

  /** Puts a sentence that found no room back at the head. */
  synchronized void putBack(Sentence sentence) {
    if (closed != null) {
      sentence.result().completeExceptionally(closed);
    } else {
      waiting.addFirst(sentence);
      notifyAll(); // another worker may have room
    }
  }

  /** Takes a sentence whose first attempt failed. */
  synchronized void retry(Sentence sentence) {
    if (closed != null) {
      sentence.result().completeExceptionally(closed);
    } else {
      retries.addLast(sentence);
      notifyAll();
    }
  }

  /** Lets a sentence fail, unless nothing can be translated any more: that is the reason then. */
  synchronized void fail(Sentence sentence, RuntimeException reason) {
    sentence.result().completeExceptionally(closed == null ? reason : closed);
  }

  /** Tells whether a sentence waits for its second attempt that this device may make. */
  synchronized boolean hasRetry(Replica replica) {
    return !retries.isEmpty() && retries.stream().anyMatch(sentence -> mayRetry(sentence, replica));
  }

  /** Takes the next sentence whose second attempt this device may make; null if there is none. */
  synchronized Sentence takeRetry(Replica replica) {
    for (Iterator<Sentence> i = retries.iterator(); i.hasNext(); ) {
      Sentence sentence = i.next();
      if (mayRetry(sentence, replica)) {
        i.remove();
        return sentence;
      }
    }
    return null;
  }

  /** Allows it elsewhere, or on the only device that works; never on one that is lost meanwhile. */
  private boolean mayRetry(Sentence sentence, Replica replica) {
    boolean elsewhere = sentence.failure().orElseThrow().replica() != replica;
    return working.contains(replica) && (elsewhere || working.size() == 1);
  }

  /** Lets the workers of a lost device end, and with the last device everything. */
  synchronized void lose(Replica replica) {
    if (working.remove(replica)) {
      lost.add(replica);
      notifyAll();
    }
    if (working.isEmpty() && closed == null) {
      close(
          new NoDeviceLeftException(
              "no device is left to translate on: "
                  + lost.stream().map(Replica::toString).collect(Collectors.joining("; "))));
    }
  }

  /** Names the devices that work. */
  synchronized List<String> working() {
    return working.stream().map(Replica::name).toList();
  }

  /** Counts the sentences that wait for their first attempt. */
  synchronized int size() {
    return waiting.size();
  }

  synchronized boolean isClosed() {
    return closed != null;
  }

  /** Takes no more sentences, and lets those that wait fail. */
  void close() {
    close(new IllegalStateException("the translator was closed"));
  }

  private synchronized void close(RuntimeException reason) {
    if (closed == null) {
      closed = reason;
    }
    waiting.forEach(sentence -> sentence.result().completeExceptionally(closed));
    retries.forEach(sentence -> sentence.result().completeExceptionally(closed));
    waiting.clear();
    retries.clear();
    notifyAll();
  }
}
