// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.operations;

import dev.dragoman.device.SlotShortlists;
import dev.dragoman.device.SlotState;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Shortlists drawn at random, other ones for each slot.
 *
 * @param words those of each slot, rising
 */
public record DrawnShortlists(List<int[]> words) {
  private static final int SEED = 20260101;

  /**
   * Draws shortlists.
   *
   * @param vocabulary of so many words
   * @param most words of a slot, and two more: {@code end} and the word after it
   */
  public static DrawnShortlists draw(int slots, int vocabulary, int most, int end) {
    Random random = new Random(SEED);
    return new DrawnShortlists(
        IntStream.range(0, slots)
            .mapToObj(slot -> random.ints(most, 0, vocabulary))
            .map(drawn -> IntStream.concat(drawn, IntStream.of(end, end + 1)))
            .map(drawn -> drawn.distinct().sorted().toArray())
            .toList());
  }

  /** Returns the length of usual shortlists: a twentieth, but enough for a search. */
  static int usual(int vocabulary) {
    return Math.max(16, vocabulary / 20);
  }

  boolean has(int slot, int word) {
    return Arrays.binarySearch(words.get(slot), word) >= 0;
  }

  /** Tells a device; returns these. */
  public DrawnShortlists upload(Workbench bench, SlotState state) {
    SlotShortlists to = state.shortlists().orElseThrow();
    for (int slot = 0; slot < words.size(); slot++) {
      bench.device().upload(words.get(slot), to.words().rows(slot, 1));
    }
    bench.device().upload(words.stream().mapToInt(list -> list.length).toArray(), to.counts());
    return this;
  }
}
