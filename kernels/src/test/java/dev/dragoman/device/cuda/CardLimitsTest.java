// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dragoman.device.DataType;
import dev.dragoman.device.Limits;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What cards can do at most, against the peak rates in NVIDIA's data sheets. */
class CardLimitsTest {

  /** Rates of a data sheet: TOP/s in int8, TFLOP/s in float16 and float32, GB/s. */
  private record DataSheet(double int8, double float16, double float32, double bandwidth) {}

  /** Returns cards at the clocks that the data sheets' rates belong to. */
  static Stream<Arguments> cards() {
    return Stream.of(
        Arguments.of(
            "T4",
            new CardLimits(75, 40, 1_590_000, 5_001_000, 256),
            new DataSheet(130, 65, 8.1, 320)),
        Arguments.of(
            "A100 40 GB",
            new CardLimits(80, 108, 1_410_000, 1_215_000, 5120),
            new DataSheet(624, 312, 19.5, 1555)),
        Arguments.of(
            "A10",
            new CardLimits(86, 72, 1_695_000, 6_251_000, 384),
            new DataSheet(250, 125, 31.2, 600)),
        Arguments.of(
            "L4",
            new CardLimits(89, 58, 2_040_000, 6_251_000, 192),
            new DataSheet(242, 121, 30.3, 300)),
        Arguments.of(
            "H100 SXM",
            new CardLimits(90, 132, 1_830_000, 2_619_000, 5120),
            new DataSheet(1979, 989, 62, 3352)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cards")
  void equalThoseOfTheDataSheets(String name, CardLimits card, DataSheet sheet) {
    Limits half = card.of(DataType.F16).orElseThrow();
    Limits integers = card.of(DataType.I8).orElseThrow();
    Limits single = card.of(DataType.F32).orElseThrow();
    assertEquals(sheet.int8, integers.operationsPerSecond() / 1e12, 0.02 * sheet.int8);
    assertEquals(sheet.float16, half.operationsPerSecond() / 1e12, 0.02 * sheet.float16);
    assertEquals(sheet.float32, single.operationsPerSecond() / 1e12, 0.02 * sheet.float32);
    assertEquals(sheet.bandwidth, half.bytesPerSecond() / 1e9, 0.02 * sheet.bandwidth);
  }

  @Test
  void anUnknownCardHasNone() {
    assertEquals(Optional.empty(), new CardLimits(130, 100, 2_000_000, 1, 1).of(DataType.F16));
    assertEquals(Optional.empty(), new CardLimits(90, 132, 0, 0, 0).of(DataType.F16));
  }
}
