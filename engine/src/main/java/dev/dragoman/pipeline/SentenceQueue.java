package dev.dragoman.pipeline;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Sentences that wait for a slot, for all workers. Bounded: {@link #put} waits while it is full.
 */
final class SentenceQueue {
  private final int capacity;
  private final int workers;
  private final Deque<Sentence> waiting = new ArrayDeque<>();
  private boolean closed;

  SentenceQueue(int capacity, int workers) {
    this.capacity = capacity;
    this.workers = workers;
  }

  /** Waits for room. */
  synchronized void put(Sentence sentence) throws InterruptedException {
    while (waiting.size() >= capacity && !closed) {
      wait();
    }
    if (closed) {
      throw closedException();
    }
    waiting.addLast(sentence);
    notifyAll();
  }

  /** Waits until there is a sentence; false when the queue is closed. */
  synchronized boolean awaitWork() throws InterruptedException {
    while (waiting.isEmpty() && !closed) {
      wait();
    }
    return !closed;
  }

  /** How many sentences a worker should take at most, so that the others find work, too. */
  synchronized int share() {
    return (waiting.size() + workers - 1) / workers;
  }

  /** The next sentence if it has at most so many tokens, or null. */
  synchronized Sentence take(int tokens) {
    Sentence next = waiting.peekFirst();
    if (next == null || next.source().length > tokens) {
      return null;
    }
    notifyAll();
    return waiting.removeFirst();
  }

  /** Puts a sentence that found no room at the head again. */
  synchronized void putBack(Sentence sentence) {
    if (closed) {
      sentence.result().completeExceptionally(closedException());
    } else {
      waiting.addFirst(sentence);
      notifyAll(); // another worker may have room
    }
  }

  /** How many wait. */
  synchronized int size() {
    return waiting.size();
  }

  synchronized boolean isClosed() {
    return closed;
  }

  /** No more sentences come, and those that wait fail. */
  synchronized void close() {
    closed = true;
    waiting.forEach(sentence -> sentence.result().completeExceptionally(closedException()));
    waiting.clear();
    notifyAll();
  }

  static IllegalStateException closedException() {
    return new IllegalStateException("the translator was closed");
  }
}
