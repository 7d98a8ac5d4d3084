// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import dev.dragoman.device.Inspection.Fact;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The choices of what multiplies by weights of each shape on a GPU. They are the same for all
 * forks, and remembered, since the last bits of a translation depend on them. Several threads may
 * use them at once.
 */
final class ProductChoices {
  private static final Logger log = LoggerFactory.getLogger(ProductChoices.class);
  private static final ProductChoice OWN = new ProductChoice.Own();

  private final BatchInvariance invariance;
  private final Optional<CardNotes> notes;
  private final Map<ProductShape, ProductChoice> chosen = new HashMap<>();

  private ProductChoices(BatchInvariance invariance, Optional<CardNotes> notes) {
    this.invariance = invariance;
    this.notes = notes;
  }

  /** Returns choices that each process makes anew. */
  static ProductChoices of(BatchInvariance invariance) {
    return new ProductChoices(invariance, Optional.empty());
  }

  /** Returns choices that are made once for a card. */
  static ProductChoices remembered(BatchInvariance invariance, CardNotes notes) {
    return new ProductChoices(invariance, Optional.of(notes));
  }

  BatchInvariance invariance() {
    return invariance;
  }

  /** Returns what multiplies by weights of this shape: our own kernels, if nobody has chosen. */
  synchronized ProductChoice of(ProductShape shape) {
    return chosen.getOrDefault(shape, OWN);
  }

  /**
   * Chooses for a shape, if nobody has.
   *
   * @param isPossible whether a choice that was made earlier can still be had
   * @param trial finds one out
   */
  synchronized void choose(
      ProductShape shape, Predicate<ProductChoice> isPossible, Supplier<ProductChoice> trial) {
    if (chosen.containsKey(shape)) {
      return;
    }
    String question = shape + ", batches to " + invariance.mostRows(shape);
    Optional<ProductChoice> known =
        notes.flatMap(of -> of.answer(question)).flatMap(ProductChoice::parse).filter(isPossible);
    ProductChoice choice = known.orElseGet(trial);
    if (known.isEmpty()) {
      notes.ifPresent(of -> of.remember(question, choice.text()));
    }
    if (choice instanceof ProductChoice.Own) {
      log.warn("products {}: {}; they take about three times as long", shape, choice.describe());
    } else {
      log.info("products {}: {}", shape, choice.describe());
    }
    chosen.put(shape, choice);
  }

  /** Returns the least number of rows that suits all shapes. */
  synchronized int leastRows() {
    return chosen.values().stream().mapToInt(ProductChoice::leastRows).max().orElse(1);
  }

  /** Returns what was chosen. */
  synchronized List<Fact> facts() {
    return chosen.entrySet().stream()
        .map(entry -> new Fact("products " + entry.getKey(), entry.getValue().describe()))
        .sorted(Comparator.comparing(Fact::name))
        .toList();
  }
}
