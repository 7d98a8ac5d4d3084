// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device;

import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Notes at the beginning of each recorded step how much its thread has allocated so far: from one
 * note to the next is everything that a step and the loop around it leave behind.
 */
public final class AllocationProbe extends ForwardingDevice {
  private static final com.sun.management.ThreadMXBean THREADS =
      (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final Notes notes;

  /** The notes of one thread. */
  private record Notes(long[] bytes, AtomicInteger count) {}

  /** Notes so many steps of {@code device} and of its forks. */
  public AllocationProbe(Device device, int steps) {
    this(device, new Notes(new long[steps], new AtomicInteger()));
  }

  private AllocationProbe(Device device, Notes notes) {
    super(device);
    this.notes = notes;
  }

  /** Returns a lock; no step begins while somebody holds it. */
  public Object pause() {
    return notes;
  }

  /** Returns how many steps have begun. */
  public int steps() {
    return notes.count.get();
  }

  /** Returns the bytes that were allocated from the beginning of one step to that of another. */
  public long bytes(int from, int to) {
    if (to >= steps()) {
      throw new IllegalArgumentException("there were " + steps() + " steps, not " + to);
    }
    return notes.bytes[to] - notes.bytes[from];
  }

  @Override
  public Runnable record(Runnable step) {
    Runnable recorded = device.record(step);
    return () -> {
      synchronized (notes) {
        notes.bytes[notes.count.getAndIncrement()] = THREADS.getCurrentThreadAllocatedBytes();
      }
      recorded.run();
    };
  }

  @Override
  public Device fork() {
    return new AllocationProbe(device.fork(), notes);
  }
}
