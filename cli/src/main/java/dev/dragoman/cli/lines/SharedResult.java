package dev.dragoman.cli.lines;

import dev.dragoman.Translation;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * The translation of a line, there or still to come, for all places where the line stands. The
 * thread that reads claims it, the one that writes fills it in, in order, so that it is there
 * before the second place is reached.
 */
public final class SharedResult {
  private final String text;
  private final boolean remembered;
  private boolean claimed;
  private volatile Translation translation;

  private SharedResult(String text, Translation translation) {
    this.text = text;
    this.translation = translation;
    this.remembered = translation != null;
    this.claimed = remembered;
  }

  /** Of a line that has to be translated. */
  static SharedResult pending(String text) {
    return new SharedResult(text, null);
  }

  /** Of a line that was translated before this run. */
  static SharedResult remembered(String text, Translation translation) {
    return new SharedResult(text, translation);
  }

  /** True for the first place only: who gets it has the line translated. */
  boolean claim() {
    boolean first = !claimed;
    claimed = true;
    return first;
  }

  /** Whether it turned out that the line cannot be translated. */
  boolean hasFailed() {
    Translation known = translation;
    return known != null && known.failure().isPresent();
  }

  /** The outcome; the next of the translations if it is not there yet, empty if they have ended. */
  Optional<Outcome> await(Iterator<Translation> translations, KnownLines known) {
    Translation there = translation;
    if (there != null) {
      return Optional.of(new Outcome(text, there, origin(), 0));
    }
    long start = System.nanoTime();
    if (!translations.hasNext()) {
      return Optional.empty();
    }
    Translation fresh = translations.next();
    long waited = System.nanoTime() - start;
    translation = withoutPieces(fresh);
    if (fresh.failure().isEmpty()) {
      known.add(text, translation);
    }
    return Optional.of(new Outcome(text, fresh, Outcome.Origin.TRANSLATED, waited));
  }

  private Outcome.Origin origin() {
    return remembered ? Outcome.Origin.REMEMBERED : Outcome.Origin.REPEATED;
  }

  /** A translation is kept for long; its subwords would be most of it. */
  private static Translation withoutPieces(Translation translation) {
    List<Translation.Hypothesis> texts =
        translation.hypotheses().stream()
            .map(best -> new Translation.Hypothesis(best.text(), best.score(), List.of()))
            .toList();
    return new Translation(
        texts,
        translation.failure(),
        translation.note(),
        translation.sourceTokens(),
        translation.targetTokens());
  }
}
