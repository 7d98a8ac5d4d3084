// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.pipeline;

import dev.dragoman.search.StepLimit;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;

/** Limits on the steps of some of the sources that an engine translates. */
public final class StepLimits implements StepLimit {
  private final Map<int[], Integer> limits = Collections.synchronizedMap(new IdentityHashMap<>());

  /** Limits the steps that are made of a source, and returns the source. */
  public int[] limited(int[] source, int steps) {
    limits.put(source, steps);
    return source;
  }

  @Override
  public int of(int[] source) {
    return limits.getOrDefault(source, Integer.MAX_VALUE);
  }
}
