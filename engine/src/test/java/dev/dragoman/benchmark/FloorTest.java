// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dragoman.benchmark.Floor.Part;
import dev.dragoman.benchmark.Floor.Step;
import dev.dragoman.device.DataType;
import dev.dragoman.device.Limits;
import dev.dragoman.operations.Work;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The numbers were worked out by hand for one decoder step of the base model on an H200: 512 slots
 * of beam 4 in float16, 13 cached and 25 source positions, 790 TFLOP/s, 4.3 TB/s.
 */
class FloorTest {
  private static final Limits H200 = new Limits(790e12, 4.3e12, "measured");
  private static final Floor BASE = new Floor(TransformerShape.BASE, DataType.F16);
  private static final Step STEP = new Step(2048, 512, 13, 25);

  @ParameterizedTest
  @CsvSource({
    // of one layer: part, GFLOP, MB, microseconds
    "'queries, keys, values', 3.2, 10, 4",
    "self-attention, 0.05, 55, 13",
    "encoder-decoder attention, 0.1, 26, 6",
    "square projections, 3.2, 14, 4",
    "feed-forward, 8.6, 8, 11",
    "residual + norm, 0, 19, 4",
  })
  void aLayerHasTheFloorThatWasWorkedOut(String name, double gflop, double mb, double us) {
    Part part = part(name);
    double perLayer = part.times() / 6.0;
    assertEquals(gflop, perLayer * part.work().operations() / 1e9, 0.06);
    assertEquals(mb, perLayer * part.work().bytes() / 1e6, 1);
    assertEquals(us, part.seconds(H200) / 6 * 1e6, 0.7);
  }

  @Test
  void outputWordsAndSearchAreTheLargestTerms() {
    Work words = part("output words").work();
    assertEquals(122, words.operations() / 1e9, 0.5);
    assertEquals(154, part("output words").seconds(H200) * 1e6, 1);
    assertEquals(238, part("search").work().bytes() / 1e6, 0.5);
    assertEquals(55, part("search").seconds(H200) * 1e6, 1);
  }

  /** The step has 900 words in place of 58,101. */
  @Test
  void wordsOutsideOfTheShortlistCostNothing() {
    List<Part> parts = BASE.decoder(new Step(2048, 512, 13, 25, 900));
    Work words = parts.get(parts.size() - 2).work();
    assertEquals(2.0 * 2048 * 512 * 900, words.operations());
    assertEquals(2.0 * (512 * 900 + 2048 * 512 + 2048 * 900), words.bytes());
    assertEquals(2.0 * 2048 * 900, parts.get(parts.size() - 1).work().bytes());
  }

  @Test
  void aStepCosts104MegaflopsForEachRowAndTakesHalfAMillisecond() {
    List<Part> parts = BASE.decoder(STEP);
    double operations =
        parts.stream().mapToDouble(part -> part.times() * part.work().operations()).sum();
    assertEquals(104e6, operations / STEP.rows(), 1e6);
    assertEquals(0.46e-3, Floor.seconds(parts, H200), 0.02e-3);
  }

  /**
   * The model has 12 layers of 12·512² weights but for the embeddings: Vaswani et al. count 65
   * million.
   */
  @Test
  void oneRowReadsEveryWeightOnce() {
    List<Part> parts = BASE.decoder(new Step(1, 1, 0, 0));
    double bytes =
        parts.stream()
            .filter(part -> part.work().operations() > 0)
            .mapToDouble(part -> part.times() * part.work().bytes())
            .sum();
    // A layer: 4 + 2 squares (of 6: the source's keys and values are projected once) and 8.
    double weights = 6 * (4 + 2 + 8) * 512.0 * 512 + 58_101 * 512.0;
    assertEquals(2 * weights, bytes, 0.005 * 2 * weights);
  }

  @Test
  void theEncoderMultipliesEachTokenWithEveryWeight() {
    List<Part> parts = BASE.encoder(new Floor.Batch(1000, 0));
    double operations =
        parts.stream().mapToDouble(part -> part.times() * part.work().operations()).sum();
    double weights = 6 * 12 * 512.0 * 512 + 6 * 2 * 512.0 * 512;
    assertEquals(2 * 1000 * weights, operations, 1);
  }

  private static Part part(String name) {
    return BASE.decoder(STEP).stream()
        .filter(part -> part.name().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
