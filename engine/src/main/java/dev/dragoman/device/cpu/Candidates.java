package dev.dragoman.device.cpu;

import dev.dragoman.device.CandidateWords;
import java.util.Arrays;

/** The lists of {@link CandidateWords} as the processor has them. */
final class Candidates {
  private final int[] words;
  private final int[] counts;
  private final int most;

  Candidates(CandidateWords lists) {
    this.words = CpuTensor.ints(lists.words());
    this.counts = CpuTensor.ints(lists.counts());
    this.most = lists.words().shape().columns();
  }

  /** All lists; that of a slot begins at {@link #first}, rising. */
  int[] words() {
    return words;
  }

  int first(int slot) {
    return slot * most;
  }

  int count(int slot) {
    return counts[slot];
  }

  /** numbers[j] ← numbers[j] + what {@code ofWords} has for the j-th word of the slot. */
  void add(int slot, float[] ofWords, float[] numbers) {
    int first = first(slot);
    for (int j = 0; j < counts[slot]; j++) {
      numbers[j] += ofWords[words[first + j]];
    }
  }

  /** The place of a word in the slot's list; negative if it is not there. */
  int indexOf(int slot, int word) {
    int first = first(slot);
    int found = Arrays.binarySearch(words, first, first + counts[slot], word);
    return found < 0 ? -1 : found - first;
  }
}
