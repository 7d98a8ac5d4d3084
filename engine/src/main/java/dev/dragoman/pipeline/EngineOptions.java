// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.pipeline;

import dev.dragoman.model.shortlist.ShortlistSource;
import dev.dragoman.search.SearchOptions;

/**
 * Says what an engine does with sentences, and with how many at a time. Immutable.
 *
 * @param search how to search
 * @param workers of each device, up to {@link #MOST_WORKERS}; 0 for the device's own choice, one
 *     for each core on the CPU
 * @param slots sentences in flight for each worker, up to {@link #MOST_SLOTS}; 0 for the device's
 *     own choice
 * @param shortlist which words a translation may have
 * @param attention what becomes of the attention weights
 */
public record EngineOptions(
    SearchOptions search,
    int workers,
    int slots,
    ShortlistSource shortlist,
    AttentionWeights attention) {

  /** The largest {@link #workers}. */
  public static final int MOST_WORKERS = 1024;

  /** The largest {@link #slots}. */
  public static final int MOST_SLOTS = 65_536;

  /**
   * Refuses what is out of range.
   *
   * @throws IllegalArgumentException naming the setting
   */
  public EngineOptions {
    require(0 <= workers && workers <= MOST_WORKERS, "the workers are 0 to " + MOST_WORKERS);
    require(0 <= slots && slots <= MOST_SLOTS, "the slots are 0 to " + MOST_SLOTS);
  }

  private static void require(boolean holds, String rule) {
    if (!holds) {
      throw new IllegalArgumentException(rule);
    }
  }

  /** Takes the default search, workers and slots that suit the device, all words, no attention. */
  public static EngineOptions defaults() {
    return new EngineOptions(
        SearchOptions.defaults(), 0, 0, ShortlistSource.NONE, AttentionWeights.DROP);
  }

  /** Returns the same but for {@link #search}. */
  public EngineOptions withSearch(SearchOptions other) {
    return new EngineOptions(other, workers, slots, shortlist, attention);
  }

  /** Returns the same but for {@link #workers}. */
  public EngineOptions withWorkers(int count) {
    return new EngineOptions(search, count, slots, shortlist, attention);
  }

  /** Returns the same but for {@link #slots}. */
  public EngineOptions withSlots(int count) {
    return new EngineOptions(search, workers, count, shortlist, attention);
  }

  /** Returns the same but for {@link #shortlist}. */
  public EngineOptions withShortlist(ShortlistSource other) {
    return new EngineOptions(search, workers, slots, other, attention);
  }

  /** Returns the same but for {@link #attention}. */
  public EngineOptions withAttention(AttentionWeights other) {
    return new EngineOptions(search, workers, slots, shortlist, other);
  }
}
