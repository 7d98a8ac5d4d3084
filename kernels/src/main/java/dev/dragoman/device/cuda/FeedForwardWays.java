package dev.dragoman.device.cuda;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a GPU computes feed-forward layers of each shape: in one kernel of ours, or as two products.
 * The faster one is found once and remembered, since the last bits of a translation depend on it.
 * Safe for several threads.
 */
final class FeedForwardWays {
  private static final Logger log = LoggerFactory.getLogger(FeedForwardWays.class);

  /** The fused kernel has to be so much faster, so that noise does not decide. */
  private static final double CLEARLY_FASTER = 0.95;

  /** The ways. */
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

  /** This way, whatever the shape: where nothing can be measured. */
  static FeedForwardWays always(Way way) {
    return new FeedForwardWays(Optional.empty(), way);
  }

  /** What was measured on this card, and what will be. */
  static FeedForwardWays remembered(CardNotes notes) {
    return new FeedForwardWays(Optional.of(notes), Way.TWO_PRODUCTS);
  }

  /** The way for a shape; the usual one if nobody has chosen. */
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
