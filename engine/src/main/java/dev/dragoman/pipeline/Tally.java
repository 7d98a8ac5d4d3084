// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.pipeline;

import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

/** Counts what one worker does. Written by the worker alone, read by anybody. */
final class Tally {
  private final AtomicLongArray sums = new AtomicLongArray(Sum.values().length);

  /** What is counted; see {@link Activity}. */
  enum Sum {
    ENCODING_NANOSECONDS,
    DECODING_NANOSECONDS,
    COLLECTING_NANOSECONDS,
    BATCHES,
    SENTENCES,
    TOKENS,
    SQUARES,
    STEPS,
    SLOTS,
    ROWS,
    PAST,
    SOURCES,
    SHORTLISTED
  }

  void add(Sum sum, long value) {
    sums.lazySet(sum.ordinal(), sums.get(sum.ordinal()) + value);
  }

  /** Adds the time since {@code start}; returns the time now. */
  long addTime(Sum sum, long start) {
    long now = System.nanoTime();
    add(sum, now - start);
    return now;
  }

  /** Adds up what all workers have counted. */
  static Activity activity(List<Tally> tallies) {
    return new Activity(
        of(tallies, Sum.ENCODING_NANOSECONDS) / 1e9,
        of(tallies, Sum.DECODING_NANOSECONDS) / 1e9,
        of(tallies, Sum.COLLECTING_NANOSECONDS) / 1e9,
        new Activity.Encoded(
            of(tallies, Sum.BATCHES),
            of(tallies, Sum.SENTENCES),
            of(tallies, Sum.TOKENS),
            of(tallies, Sum.SQUARES)),
        new Activity.Decoded(
            of(tallies, Sum.STEPS),
            of(tallies, Sum.SLOTS),
            of(tallies, Sum.ROWS),
            of(tallies, Sum.PAST),
            of(tallies, Sum.SOURCES),
            of(tallies, Sum.SHORTLISTED)));
  }

  private static long of(List<Tally> tallies, Sum sum) {
    return tallies.stream().mapToLong(tally -> tally.sums.get(sum.ordinal())).sum();
  }
}
