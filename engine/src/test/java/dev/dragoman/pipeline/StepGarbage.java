// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.pipeline;

import dev.dragoman.TranslationOptions;
import dev.dragoman.benchmark.SmallTransformer;
import dev.dragoman.device.AllocationProbe;
import dev.dragoman.device.Device;
import dev.dragoman.model.shortlist.ShortlistSource;
import dev.dragoman.search.Hypothesis;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** How much a worker allocates in its steps, on any device. */
public final class StepGarbage {
  private static final int LENGTH = 80;
  private static final int ROUNDS = 12;

  private StepGarbage() {}

  /**
   * Returns the bytes that the worker's thread allocates over fifty steps, once everything has been
   * made that is made once: with all slots full, and with slots that stay free. Each is the least
   * of some rounds: now and then Java gives up compiled code, and then puts objects on the heap
   * that the code had only in registers.
   *
   * @param device closed at the end
   */
  public static long[] ofFiftySteps(Device device, int beamSize) throws Exception {
    return ofFiftySteps(device, beamSize, ShortlistSource.NONE);
  }

  /** Returns the same with words from a shortlist, for a model of words {@code w5}. */
  public static long[] ofFiftySteps(Device device, int beamSize, ShortlistSource shortlist)
      throws Exception {
    AllocationProbe probe = new AllocationProbe(device, 4 * ROUNDS * LENGTH);
    TranslationOptions options =
        TranslationOptions.defaults()
            .withWorkers(1)
            .withSlots(4)
            .withBeamSize(beamSize)
            .withShortlist(shortlist)
            .withMinLength(LENGTH)
            .withMaxLength(LENGTH);
    try (Engine engine = Engine.start(SmallTransformer.model(), List.of(probe), options.engine())) {
      long[] bytes = {Long.MAX_VALUE, Long.MAX_VALUE};
      for (int round = 0; round < ROUNDS && !Arrays.equals(bytes, new long[2]); round++) {
        bytes[0] = Math.min(bytes[0], ofRound(engine, probe, 4));
        bytes[1] = Math.min(bytes[1], ofRound(engine, probe, 2));
      }
      return bytes;
    }
  }

  private static long ofRound(Engine engine, AllocationProbe probe, int sentences)
      throws Exception {
    int before = probe.steps();
    List<CompletableFuture<List<Hypothesis>>> results = new ArrayList<>();
    synchronized (probe.pause()) { // or a late sentence would be encoded among the steps that count
      for (int i = 0; i < sentences; i++) {
        results.add(engine.translate(new int[] {5 + i, 6, 7, 0}));
      }
    }
    for (CompletableFuture<List<Hypothesis>> result : results) {
      result.get();
    }
    int first = before + LENGTH / 4;
    return probe.bytes(first, first + 50);
  }
}
