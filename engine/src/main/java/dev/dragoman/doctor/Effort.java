// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.doctor;

import dev.dragoman.TranslationOptions;
import dev.dragoman.device.FoundDevice;
import dev.dragoman.operations.Sizes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How thoroughly a {@link Doctor} examines. Operations are compared with float64 all the same, at
 * the same sizes.
 */
public enum Effort {
  /** All golden records, and times that mean something. */
  FULL {
    @Override
    Stopwatch stopwatch() {
      return new Stopwatch(0.02, 7);
    }

    @Override
    List<GoldenRecord> some(List<GoldenRecord> golden) {
      return golden;
    }

    @Override
    double translationSeconds() {
      return 1.2;
    }
  },
  /** Some golden records, and brief times: for a machine that is lent for minutes. */
  QUICK {
    @Override
    Stopwatch stopwatch() {
      return new Stopwatch(0.002, 3);
    }
  },
  /**
   * Some golden records in small batches, and small operations once: for what is emulated, or not
   * compiled well.
   */
  LEAST {
    @Override
    Sizes timed(int rows) {
      return Sizes.EVEN;
    }

    @Override
    Stopwatch stopwatch() {
      return Stopwatch.ONCE;
    }

    @Override
    List<GoldenRecord> some(List<GoldenRecord> golden) {
      return super.some(golden).stream().map(record -> record.with(few(record.options()))).toList();
    }

    @Override
    TranslationOptions translating() {
      return few(TranslationOptions.defaults());
    }

    private static TranslationOptions few(TranslationOptions options) {
      return options.withWorkers(1).withSlots(FEW_SLOTS);
    }
  };

  /** Golden records for each setting. */
  private static final int FEW_RECORDS = 6;

  private static final int FEW_SLOTS = 4;

  /** Returns the effort that is spent on this device. */
  Effort on(FoundDevice found) {
    return found.isEmulated() ? LEAST : this;
  }

  /** Returns the sizes at which operations are timed, on a device that such steps suit. */
  Sizes timed(int rows) {
    return Sizes.base(rows);
  }

  abstract Stopwatch stopwatch();

  /** Returns the golden records to compare with: a few of each setting. */
  List<GoldenRecord> some(List<GoldenRecord> golden) {
    Map<Object, Integer> taken = new LinkedHashMap<>();
    return golden.stream()
        .filter(record -> taken.merge(record.options(), 1, Integer::sum) <= FEW_RECORDS)
        .toList();
  }

  /** Returns how a test set is translated. */
  TranslationOptions translating() {
    return TranslationOptions.defaults();
  }

  /** Returns the seconds that a precision is measured; 0 for a single pass. */
  double translationSeconds() {
    return 0;
  }
}
