package dev.dragoman.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dragoman.device.DataType;
import dev.dragoman.device.Limits;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What cards can do at most, against the peak rates in NVIDIA's data sheets. */
class CardLimitsTest {

  /** Each clock is the one that the data sheet's rates belong to. */
  @ParameterizedTest
  @CsvSource({
    // capability, multiprocessors, kHz, memory kHz, bits; TOP/s int8, float16, float32; GB/s
    "75, 40, 1590000, 5001000, 256, 130, 65, 8.1, 320", // T4
    "80, 108, 1410000, 1215000, 5120, 624, 312, 19.5, 1555", // A100 40 GB
    "86, 72, 1695000, 6251000, 384, 250, 125, 31.2, 600", // A10
    "89, 58, 2040000, 6251000, 192, 242, 121, 30.3, 300", // L4
    "90, 132, 1830000, 2619000, 5120, 1979, 989, 62, 3352", // H100 SXM
  })
  void equalThoseOfTheDataSheets(
      int capability,
      int multiprocessors,
      int clock,
      int memoryClock,
      int busWidth,
      double int8,
      double float16,
      double float32,
      double bandwidth) {
    CardLimits card = new CardLimits(capability, multiprocessors, clock, memoryClock, busWidth);
    Limits half = card.of(DataType.F16).orElseThrow();
    Limits integers = card.of(DataType.I8).orElseThrow();
    Limits single = card.of(DataType.F32).orElseThrow();
    assertEquals(int8, integers.operationsPerSecond() / 1e12, 0.02 * int8);
    assertEquals(float16, half.operationsPerSecond() / 1e12, 0.02 * float16);
    assertEquals(float32, single.operationsPerSecond() / 1e12, 0.02 * float32);
    assertEquals(bandwidth, half.bytesPerSecond() / 1e9, 0.02 * bandwidth);
  }

  @Test
  void anUnknownCardHasNone() {
    assertEquals(Optional.empty(), new CardLimits(130, 100, 2_000_000, 1, 1).of(DataType.F16));
    assertEquals(Optional.empty(), new CardLimits(90, 132, 0, 0, 0).of(DataType.F16));
  }
}
