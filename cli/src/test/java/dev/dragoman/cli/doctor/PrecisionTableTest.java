// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.device.DataType;
import dev.dragoman.doctor.Clock;
import dev.dragoman.doctor.PrecisionComparison;
import dev.dragoman.doctor.PrecisionResult;
import dev.dragoman.doctor.TestSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class PrecisionTableTest {
  private static final List<String> LINES = List.of("Un chien.", "Deux chats.");
  private static final TestSet WITHOUT = new TestSet("a.txt", LINES, Optional.empty());
  private static final TestSet WITH = new TestSet("a.txt", LINES, Optional.of(LINES));

  @Test
  void withReferencesTheCostIsADifference() {
    PrecisionTable table = table(WITH, f32(52.52), i8(212, 52.48));
    assertTrue(table.text().contains("lines/s of processor time\n"), table.text());
    assertTrue(table.text().contains("BLEU beside the references\n"), table.text());
    assertTrue(table.text().matches("(?s).* float32 +100\\.0 +1\\.00  52\\.52\n.*"), table.text());
    assertTrue(
        table.text().matches("(?s).* int8 +212\\.0 +2\\.12  52\\.48 \\(-0\\.04\\)\n.*"),
        table.text());
    assertEquals(
        "fastest here: int8, 2.1 times float32, at 0.04 BLEU less; --precision int8 takes it, auto"
            + " stays float32",
        table.conclusion().orElseThrow());
    assertTrue(
        conclusion(WITH, f32(52.52), i8(212, 52.6)).contains("at 0.08 BLEU more;"), "a gain");
    assertTrue(
        conclusion(WITH, f32(52.52), i8(212, 52.519)).contains("at the same BLEU;"), "neither");
    assertTrue(
        table(WITH, f32(52.52), i8(212, 52.519)).text().contains("52.52 (+0.00)\n"), "no -0.00");
    assertEquals("references", table.json().get("bleuBeside"));
  }

  @Test
  void withoutReferencesBleuIsCalledAnAgreement() {
    PrecisionTable table = table(WITHOUT, f32(100), i8(212, 97.83));
    assertTrue(table.text().contains("BLEU beside float32's own translations\n"), table.text());
    assertTrue(table.text().matches("(?s).* int8 +212\\.0 +2\\.12  97\\.83\n.*"), table.text());
    assertEquals(
        "fastest here: int8, 2.1 times float32, at 97.83 BLEU beside float32's own translations;"
            + " --precision int8 takes it, auto stays float32",
        table.conclusion().orElseThrow());
    assertEquals("float32", table.json().get("bleuBeside"));
    assertEquals("i8", table.json().get("fastest"));
  }

  @Test
  void whatAutoTakesMayBeTheFastest() {
    assertEquals(
        "fastest here: float32, which auto takes", conclusion(WITHOUT, f32(100), i8(60, 97)));
  }

  @Test
  void aFailureIsSaidAndNothingIsComparedWithIt() {
    PrecisionTable table =
        new PrecisionTable(
            new PrecisionComparison(
                WITHOUT,
                Clock.WALL,
                List.of(i8(212, Double.NaN)),
                Map.of(DataType.F32, "too little memory")),
            DataType.F32);
    assertTrue(table.text().contains("float32      FAILED: too little memory\n"), table.text());
    assertTrue(table.text().matches("(?s).* int8 +212\\.0 +-  -\n.*"), table.text());
    assertEquals(
        "fastest here: int8; --precision int8 takes it, auto stays float32",
        table.conclusion().orElseThrow());
    assertFalse(table.json().get("results").toString().contains("NaN"), "which JSON has not");
  }

  private static PrecisionResult f32(double bleu) {
    return new PrecisionResult(DataType.F32, 100, bleu);
  }

  private static PrecisionResult i8(double linesPerSecond, double bleu) {
    return new PrecisionResult(DataType.I8, linesPerSecond, bleu);
  }

  private static String conclusion(TestSet testSet, PrecisionResult... results) {
    return table(testSet, results).conclusion().orElseThrow();
  }

  private static PrecisionTable table(TestSet testSet, PrecisionResult... results) {
    return new PrecisionTable(
        new PrecisionComparison(testSet, Clock.PROCESSOR, List.of(results), Map.of()),
        DataType.F32);
  }
}
