// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.doctor;

import java.util.List;
import java.util.Optional;

/**
 * Lines that are translated to compare precisions.
 *
 * @param name what it is, to be read
 * @param texts lines
 * @param references what each line should become; empty where nobody knows
 */
public record TestSet(String name, List<String> texts, Optional<List<String>> references) {

  /**
   * Refuses what cannot be compared.
   *
   * @throws IllegalArgumentException if there is no line, or not one reference for each
   */
  public TestSet {
    if (texts.isEmpty() || references.map(List::size).orElse(texts.size()) != texts.size()) {
      throw new IllegalArgumentException("a test set has lines, and a reference for each or none");
    }
  }

  /** Returns the texts of golden records, each once; empty if there are none. */
  public static Optional<TestSet> of(List<GoldenRecord> golden) {
    List<String> texts = golden.stream().map(GoldenRecord::text).distinct().toList();
    return texts.isEmpty()
        ? Optional.empty()
        : Optional.of(new TestSet("the model's golden sources", texts, Optional.empty()));
  }
}
