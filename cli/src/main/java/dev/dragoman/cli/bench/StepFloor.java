// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.bench;

import static dev.dragoman.cli.console.PlainText.format;

import dev.dragoman.benchmark.Floor;
import dev.dragoman.benchmark.Floor.Part;
import dev.dragoman.benchmark.Floor.Step;
import dev.dragoman.benchmark.SentenceLengths;
import dev.dragoman.benchmark.SentenceLengths.Pair;
import dev.dragoman.benchmark.TransformerShape;
import dev.dragoman.device.DataType;
import dev.dragoman.device.Limits;
import java.util.List;
import java.util.Locale;

/**
 * The floor of a decoder step on a card that is not there, part by part.
 *
 * @param floor of the model
 * @param step that is predicted
 * @param limits of the card
 * @param tokens that a step adds to finished translations, on average
 */
record StepFloor(Floor floor, Step step, Limits limits, double tokens) {
  private static final int ROWS = 2048;

  /** Cards whose limits have been measured. */
  enum Card {
    H200(new Limits(790e12, 4.3e12, "an H200, measured: 16-bit products, a device copy"));

    private final Limits limits;

    Card(Limits limits) {
      this.limits = limits;
    }
  }

  /** Predicts a step with all slots full and every sentence somewhere on its way. */
  static StepFloor of(
      TransformerShape shape, Card card, SentenceLengths lengths, int beamSize, int slots) {
    int filled = slots > 0 ? slots : ROWS / beamSize;
    double source = lengths.pairs().stream().mapToInt(Pair::source).average().orElse(0);
    double past = (lengths.meanTarget() + 1) / 2;
    return new StepFloor(
        new Floor(shape, DataType.F16),
        new Step((double) filled * beamSize, filled, past, source),
        card.limits,
        filled);
  }

  String table() {
    StringBuilder out = new StringBuilder();
    out.append(format("%s%n", floor.shape()));
    out.append(
        format(
            "on %s: %,.0f TFLOP/s, %,.1f TB/s%n",
            limits.source(), limits.operationsPerSecond() / 1e12, limits.bytesPerSecond() / 1e12));
    out.append(
        format(
            "a decoder step of %,.0f rows, %,.0f slots, %.1f positions before, %.1f of the source,"
                + " float16%n",
            step.rows(), step.slots(), step.past(), step.source()));
    out.append(
        format("%n%-28s%6s%12s%12s%12s  %s%n", "part", "times", "GFLOP", "MB", "us", "bound by"));
    List<Part> parts = floor.decoder(step);
    for (Part part : parts) {
      out.append(
          format(
              "%-28s%6d%12.2f%12.1f%12.1f  %s%n",
              part.name(),
              part.times(),
              part.times() * part.work().operations() / 1e9,
              part.times() * part.work().bytes() / 1e6,
              part.seconds(limits) * 1e6,
              part.work().bound(limits).name().toLowerCase(Locale.ROOT)));
    }
    double seconds = Floor.seconds(parts, limits);
    out.append(format("%-28s%42.1f%n", "one step", seconds * 1e6));
    out.append(format("%-28s%42.0f%n", "target tokens/s, at most", tokens / seconds));
    return out.toString();
  }
}
