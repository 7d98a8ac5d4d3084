// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.doctor;

import dev.dragoman.Translation;
import dev.dragoman.TranslationOptions;
import dev.dragoman.Translator;
import dev.dragoman.device.DataType;
import dev.dragoman.device.Device;
import dev.dragoman.device.FoundDevice;
import dev.dragoman.model.Model;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Translates a test set in one precision of a device after the other, with one worker. */
final class PrecisionCheck {
  private static final Logger log = LoggerFactory.getLogger(PrecisionCheck.class);

  /**
   * The lines of a slot: with fewer, the ends of a pass, when slots are free, would count too much.
   */
  private static final int LINES_PER_SLOT = 2;

  private final FoundDevice found;
  private final Model model;
  private final TranslationOptions options;
  private final double seconds;

  /**
   * Makes a check of one device.
   *
   * @param options of which device, precision and workers are passed over
   * @param seconds that a precision is measured at least, after half of that to warm up; 0 for a
   *     single pass over the test set, which says little of the speed
   */
  PrecisionCheck(FoundDevice found, Model model, TranslationOptions options, double seconds) {
    this.found = found;
    this.model = model;
    this.options = options.withWorkers(1);
    this.seconds = seconds;
  }

  /** The results of one precision. */
  private record Passes(List<String> translations, Clock clock, double linesPerSecond) {}

  /**
   * Translates the test set in each precision; one that fails gives a result that says so, and the
   * next ones are still tried.
   */
  PrecisionComparison run(TestSet testSet, List<DataType> precisions) {
    Map<DataType, Passes> translated = new LinkedHashMap<>();
    Map<DataType, String> failures = new LinkedHashMap<>();
    for (DataType precision : precisions) {
      try {
        translated.put(precision, translate(testSet.texts(), precision));
      } catch (RuntimeException e) {
        log.debug("{} in {} fails", found.name(), precision.label(), e);
        failures.put(precision, String.valueOf(e.getMessage()));
      }
    }
    Optional<List<String>> references =
        testSet
            .references()
            .or(() -> Optional.ofNullable(translated.get(DataType.F32)).map(Passes::translations));
    List<PrecisionResult> results = new ArrayList<>();
    translated.forEach(
        (precision, passes) ->
            results.add(
                new PrecisionResult(
                    precision,
                    passes.linesPerSecond(),
                    references.map(r -> Bleu.of(passes.translations(), r)).orElse(Double.NaN))));
    Clock clock = translated.values().stream().map(Passes::clock).findFirst().orElse(Clock.WALL);
    return new PrecisionComparison(testSet, clock, results, failures);
  }

  private Passes translate(List<String> texts, DataType precision) {
    Device device = found.open(precision);
    Clock clock = Clock.of(device);
    try (Translator translator = Translator.load(model, device, options)) {
      int full = LINES_PER_SLOT * translator.status().slots();
      int enough = seconds == 0 ? texts.size() : full;
      List<String> lines = repeated(texts, enough);
      List<String> some = lines.subList(0, enough);
      double begin = clock.seconds();
      while (clock.seconds() - begin < seconds / 2) { // until Java's compiler is done with it
        translator.translate(some);
      }
      List<Translation> translations;
      double best = Double.POSITIVE_INFINITY; // what disturbs a pass makes it longer, never shorter
      double start = clock.seconds();
      double end = start;
      do {
        double before = end;
        translations = translator.translate(lines);
        end = clock.seconds();
        best = Math.min(best, end - before);
      } while (end - start < seconds);
      return new Passes(
          translations.subList(0, texts.size()).stream().map(Translation::text).toList(),
          clock,
          lines.size() / best);
    }
  }

  /** Returns the texts once, and again from the first on until there are enough. */
  private static List<String> repeated(List<String> texts, int enough) {
    List<String> lines = new ArrayList<>(texts);
    while (lines.size() < enough) {
      lines.add(texts.get(lines.size() % texts.size()));
    }
    return lines;
  }
}
