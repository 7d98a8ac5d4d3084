// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.doctor;

import dev.dragoman.Translation;
import dev.dragoman.TranslationOptions;
import dev.dragoman.Translator;
import dev.dragoman.device.DataType;
import dev.dragoman.device.Device;
import dev.dragoman.model.Model;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Translates what a model has golden outputs for, and compares. */
final class ModelCheck {
  private final Supplier<Device> devices;
  private final DataType precision;
  private final Runnable loaded;

  /**
   * Makes a check in one precision.
   *
   * @param devices a new one, or a new fork, for each setting; they are closed
   * @param loaded told each time when the model has been loaded
   */
  ModelCheck(Supplier<Device> devices, DataType precision, Runnable loaded) {
    this.devices = devices;
    this.precision = precision;
    this.loaded = loaded;
  }

  /**
   * Compares translations with records: in float32 pieces and scores must be the same, but for
   * near-ties; in other precisions nearly all texts.
   */
  ModelResult run(Model model, List<GoldenRecord> records) {
    Map<TranslationOptions, List<GoldenRecord>> byOptions = new LinkedHashMap<>();
    for (GoldenRecord record : records) {
      byOptions.computeIfAbsent(record.options(), options -> new ArrayList<>()).add(record);
    }
    List<Difference> differences = new ArrayList<>();
    byOptions.forEach((options, some) -> compare(model, options, some, differences));
    return new ModelResult(
        records.size(),
        allowed(records.size(), differences),
        differences.stream().map(Difference::text).toList());
  }

  /** A translation that is another one than recorded. */
  private record Difference(GoldenRecord golden, Translation actual) {

    boolean isNearTie() {
      return !golden.hasTextOf(actual) && golden.hasScoresOf(actual);
    }

    String text() {
      String given = actual.failure().map(f -> "failed: " + f).orElseGet(actual::text);
      String wanted =
          given.equals(golden.translation())
              ? "the same text of other pieces or with another score"
              : "not: " + golden.translation();
      return String.format(
          "beam %d: %s -> %s; %s%s",
          golden.options().search().beamSize(),
          golden.text(),
          given,
          wanted,
          isNearTie() ? " (as good by its score: a near-tie)" : "");
    }
  }

  /**
   * Returns how many texts may differ: one near-tie in 250 in float32, one in fifty in 16 bits, one
   * in five in 8.
   */
  private int allowed(int records, List<Difference> differences) {
    return switch (precision) {
      case F32 ->
          (int)
              Math.min(
                  (records + 249) / 250,
                  differences.stream().filter(Difference::isNearTie).count());
      case I8 -> (records + 4) / 5;
      default -> (records + 49) / 50;
    };
  }

  private void compare(
      Model model,
      TranslationOptions options,
      List<GoldenRecord> records,
      List<Difference> differences) {
    try (Translator translator = Translator.load(model, devices.get(), options)) {
      loaded.run();
      List<Translation> translations =
          translator.translate(records.stream().map(GoldenRecord::text).toList());
      for (int i = 0; i < records.size(); i++) {
        GoldenRecord record = records.get(i);
        Translation actual = translations.get(i);
        boolean same =
            precision == DataType.F32 ? record.isReproducedBy(actual) : record.hasTextOf(actual);
        if (!same) {
          differences.add(new Difference(record, actual));
        }
      }
    }
  }
}
