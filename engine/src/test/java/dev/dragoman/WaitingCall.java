// SPDX-License-Identifier: Apache-2.0
package dev.dragoman;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/** Calls in other threads that are known to wait. */
public final class WaitingCall {

  private WaitingCall() {}

  /** Starts a call in a thread of its own, and returns once it waits. */
  public static <T> FutureTask<T> start(Callable<T> call) {
    FutureTask<T> task = new FutureTask<>(call);
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    thread.start();
    while (thread.getState() != Thread.State.WAITING) {
      assertFalse(task.isDone(), "it did not wait");
      Thread.onSpinWait();
    }
    return task;
  }
}
