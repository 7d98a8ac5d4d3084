// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cpu;

import dev.dragoman.device.SlotShortlists;
import java.util.Arrays;

/** Reads {@link SlotShortlists} from the arrays that hold them on the processor. */
final class ShortlistArrays {
  private final int[] words;
  private final int[] counts;
  private final int most;

  ShortlistArrays(SlotShortlists shortlists) {
    this.words = CpuTensor.ints(shortlists.words());
    this.counts = CpuTensor.ints(shortlists.counts());
    this.most = shortlists.words().shape().columns();
  }

  /** Returns all shortlists; that of a slot begins at {@link #first}, rising. */
  int[] words() {
    return words;
  }

  int first(int slot) {
    return slot * most;
  }

  int count(int slot) {
    return counts[slot];
  }

  /**
   * Adds numbers of words: numbers[j] ← numbers[j] + the number of the j-th word of the slot's
   * shortlist.
   */
  void add(int slot, float[] ofWords, float[] numbers) {
    int first = first(slot);
    for (int j = 0; j < counts[slot]; j++) {
      numbers[j] += ofWords[words[first + j]];
    }
  }

  /** Returns the place of a word in the slot's shortlist; negative if it is not there. */
  int indexOf(int slot, int word) {
    int first = first(slot);
    int found = Arrays.binarySearch(words, first, first + counts[slot], word);
    return found < 0 ? -1 : found - first;
  }
}
