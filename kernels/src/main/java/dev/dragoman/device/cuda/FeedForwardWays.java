// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way in which a GPU computes feed-forward layers of each shape: in one kernel of ours, or as
 * two products. The faster one is found once and remembered, since the last bits of a translation
 * depend on it. Several threads may use it at once.
 */
final class FeedForwardWays {
  private static final Logger log = LoggerFactory.getLogger(FeedForwardWays.class);

  /**
   * The most time that the fused kernel may take, as a share of the other's, to be chosen; noise
   * decides nothing then.
   */
  private static final double CLEARLY_FASTER = 0.95;

  /** The ways to compute a layer. */
  enum Way {
    /** One kernel; the hidden activations never leave the chip. */
    FUSED,

    /** Two products, and the activation between them. */
    TWO_PRODUCTS
  }

  private final Optional<CardNotes> notes;
  private final Way otherwise;
  private final Map<String, Way> chosen = new HashMap<>();

  private FeedForwardWays(Optional<CardNotes> notes, Way otherwise) {
    this.notes = notes;
    this.otherwise = otherwise;
  }

  /** Returns this way for each shape, where nothing can be measured. */
  static FeedForwardWays always(Way way) {
    return new FeedForwardWays(Optional.empty(), way);
  }

  /** Returns the ways that were measured on this card; those measured later are remembered, too. */
  static FeedForwardWays remembered(CardNotes notes) {
    return new FeedForwardWays(Optional.of(notes), Way.TWO_PRODUCTS);
  }

  /** Returns the way for a shape; the usual one if nobody has chosen. */
  synchronized Way of(String shape) {
    return chosen.getOrDefault(shape, otherwise);
  }

  /**
   * Chooses the way for a shape, if nobody has.
   *
   * @param seconds measures a way
   */
  synchronized void choose(String shape, ToDoubleFunction<Way> seconds) {
    if (notes.isPresent() && !chosen.containsKey(shape)) {
      CardNotes of = notes.get();
      Optional<Way> known = of.answer(shape).flatMap(FeedForwardWays::parse);
      chosen.put(shape, known.orElseGet(() -> measure(of, shape, seconds)));
    }
  }

  private static Optional<Way> parse(String text) {
    return Stream.of(Way.values()).filter(way -> way.name().equals(text)).findFirst();
  }

  private static Way measure(CardNotes notes, String shape, ToDoubleFunction<Way> seconds) {
    double two = seconds.applyAsDouble(Way.TWO_PRODUCTS);
    double fused = seconds.applyAsDouble(Way.FUSED);
    Way way = fused < CLEARLY_FASTER * two ? Way.FUSED : Way.TWO_PRODUCTS;
    log.info(
        "feed-forward {} on {}: {} (fused {} us, two products {} us)",
        shape,
        notes.card(),
        way,
        Math.round(fused * 1e6),
        Math.round(two * 1e6));
    notes.remember(shape, way.name());
    return way;
  }
}
