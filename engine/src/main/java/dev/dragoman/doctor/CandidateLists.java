package dev.dragoman.doctor;

import dev.dragoman.device.SlotShortlists;
import dev.dragoman.device.SlotState;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Words for each slot to choose from, as a shortlist would give them. */
record CandidateLists(List<int[]> of) {
  private static final int SEED = 20260101;

  /**
   * Every slot has other words.
   *
   * @param vocabulary of so many words
   * @param end is on every list
   */
  static CandidateLists draw(int slots, int vocabulary, int end) {
    Random random = new Random(SEED);
    int most = words(vocabulary);
    return new CandidateLists(
        IntStream.range(0, slots)
            .mapToObj(slot -> random.ints(most, 0, vocabulary))
            .map(words -> IntStream.concat(words, IntStream.of(end)).distinct().sorted().toArray())
            .toList());
  }

  /** How many a list has at most: a twentieth, but enough for a search. */
  static int words(int vocabulary) {
    return Math.max(16, vocabulary / 20);
  }

  boolean has(int slot, int word) {
    return Arrays.binarySearch(of.get(slot), word) >= 0;
  }

  /** How many all lists have together. */
  int size() {
    return of.stream().mapToInt(list -> list.length).sum();
  }

  void upload(Workbench bench, SlotState state) {
    SlotShortlists to = state.shortlists().orElseThrow();
    for (int slot = 0; slot < of.size(); slot++) {
      bench.device().upload(of.get(slot), to.words().rows(slot, 1));
    }
    bench.device().upload(of.stream().mapToInt(list -> list.length).toArray(), to.counts());
  }
}
