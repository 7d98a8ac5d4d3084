// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.models;

import static dev.dragoman.cli.console.PlainText.format;

import dev.dragoman.device.DataType;
import dev.dragoman.device.Devices;
import dev.dragoman.device.FoundDevice;
import dev.dragoman.device.Inspection;
import dev.dragoman.device.Shape;
import dev.dragoman.model.ModelConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A first look at what precisions are worth on this processor: the products of a feed-forward layer
 * of a model's shape. A translation is more than its products, so its gain is smaller: the doctor
 * measures it.
 *
 * @param times how many times as fast as float32's, by precision, float32 left out
 */
record ProductSpeeds(Map<DataType, Double> times) {
  private static final Logger log = LoggerFactory.getLogger(ProductSpeeds.class);

  /**
   * Measures this processor; returns nothing where it cannot compute the model, which can still be
   * looked at.
   */
  static Optional<ProductSpeeds> measure(ModelConfig model) {
    try {
      return Devices.inspect("cpu").map(Inspection::devices).stream()
          .flatMap(List::stream)
          .findFirst()
          .flatMap(found -> of(found, model));
    } catch (RuntimeException e) { // no folder for native libraries, for one
      log.debug("products cannot be timed", e);
      return Optional.empty();
    }
  }

  private static Optional<ProductSpeeds> of(FoundDevice found, ModelConfig model) {
    Map<DataType, Double> seconds = new LinkedHashMap<>();
    for (DataType precision : found.precisions()) {
      seconds(found, precision, model).ifPresent(known -> seconds.put(precision, known));
    }
    Optional<Double> exact = Optional.ofNullable(seconds.remove(DataType.F32));
    Map<DataType, Double> times = new LinkedHashMap<>();
    exact.ifPresent(
        most -> seconds.forEach((precision, known) -> times.put(precision, most / known)));
    return times.isEmpty() ? Optional.empty() : Optional.of(new ProductSpeeds(times));
  }

  private static OptionalDouble seconds(FoundDevice found, DataType precision, ModelConfig model) {
    int width = model.sizes().width();
    int inner = model.sizes().decoder().feedForward();
    OptionalDouble first = found.productSeconds(precision, new Shape(inner, width));
    OptionalDouble second = found.productSeconds(precision, new Shape(width, inner));
    return first.isPresent() && second.isPresent()
        ? OptionalDouble.of(first.getAsDouble() + second.getAsDouble())
        : OptionalDouble.empty();
  }

  /** Formats the speeds in one line. */
  String text() {
    Map.Entry<DataType, Double> best =
        times.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
    String fastest = best.getValue() > 1 ? best.getKey().label() : DataType.F32.label();
    String all =
        times.entrySet().stream()
            .map(entry -> format("%s %.1f", entry.getKey().label(), entry.getValue()))
            .collect(Collectors.joining(", "));
    return format(
        "%s multiplies fastest on this processor (%s times float32); dragoman doctor measures whole"
            + " translations, and what it costs in BLEU",
        fastest, all);
  }
}
