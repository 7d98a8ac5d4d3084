// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.pipeline;

import dev.dragoman.device.Snapshot;
import dev.dragoman.transformer.Session;

/**
 * Sees the status of the slots some steps after the fact, so that the device has work while the
 * host waits for it and looks at what it did.
 */
final class StatusWatch {
  private final Snapshot[] ring;
  private int next;
  private int ahead;

  /** Looks at a step once so many others have been asked for. */
  StatusWatch(Session session, int stepsAhead) {
    this.ring = new Snapshot[stepsAhead + 1];
    for (int i = 0; i < ring.length; i++) {
      ring[i] = session.device().snapshot(session.state().progress().status());
    }
  }

  /** Notes that a step has been asked for. */
  void step() {
    ring[next].take();
    next = (next + 1) % ring.length;
    ahead++;
  }

  /** Tells whether so many steps have been asked for that it is time to look at the oldest. */
  boolean isDue() {
    return ahead == ring.length;
  }

  /** Waits for that step; returns the status of every slot after it. */
  int[] await() {
    int oldest = (next + ring.length - ahead) % ring.length;
    ahead--;
    return ring[oldest].await();
  }

  /** Counts the steps that have been asked for after the one that was seen last. */
  int ahead() {
    return ahead;
  }

  /** Forgets what has been asked for, which matters to no one once no slot holds a sentence. */
  void forget() {
    ahead = 0;
  }
}
