// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.device.DataType;
import dev.dragoman.device.Devices;
import dev.dragoman.model.formats.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model against its golden outputs. */
class ModelCheckTest {
  private static final Path MODEL =
      Path.of(System.getProperty("dragoman.root", ".."), "models/fr-en");

  @TempDir private Path folder;

  @Test
  void theBundledModelReproducesItsGoldenOutputs() throws IOException {
    List<GoldenRecord> golden = GoldenRecord.beside(MODEL).subList(0, 10);
    ModelResult result = check(DataType.F32, golden);
    assertEquals(10, result.compared());
    assertEquals(List.of(), result.differences());
    assertTrue(result.agrees());
  }

  @Test
  void inFloat32OneOtherPieceOrScoreIsTooMuch() throws IOException {
    List<GoldenRecord> golden = new ArrayList<>(GoldenRecord.beside(MODEL).subList(0, 3));
    GoldenRecord first = golden.get(0);
    golden.set(0, scored(first, first.scores().get(0) - 0.002));
    ModelResult result = check(DataType.F32, golden);
    assertFalse(result.agrees());
    assertEquals(1, result.differences().size());
    assertTrue(result.differences().get(0).contains(first.text()), result.toString());
    assertTrue(check(DataType.F32, List.of(scored(first, first.scores().get(0)))).agrees());
  }

  @Test
  void inFloat32OneNearTieMayBeAnotherText() throws IOException {
    List<GoldenRecord> golden = new ArrayList<>(GoldenRecord.beside(MODEL).subList(0, 3));
    golden.set(0, translated(golden.get(0), "As good."));
    ModelResult one = check(DataType.F32, golden);
    assertTrue(one.differences().get(0).endsWith("near-tie)"), one.toString());
    assertTrue(one.agrees());
    golden.set(1, translated(golden.get(1), "As good."));
    assertFalse(check(DataType.F32, golden).agrees(), "one, not two");
  }

  @Test
  void inNarrowerTypesOneTextInFiftyMayBeAnother() throws IOException {
    List<GoldenRecord> golden = new ArrayList<>(GoldenRecord.beside(MODEL).subList(0, 3));
    golden.set(1, translated(golden.get(1), "Something else."));
    // the check's measure for narrow types; the device itself is exact, so that one text is other
    ModelResult one =
        new ModelCheck(
                () -> Devices.open("cpu", Optional.of(DataType.F32)), DataType.BF16, () -> {})
            .run(Models.open(MODEL), golden);
    assertEquals(1, one.differences().size());
    assertTrue(one.agrees());
    golden.set(2, translated(golden.get(2), "Something else."));
    ModelResult two =
        new ModelCheck(
                () -> Devices.open("cpu", Optional.of(DataType.F32)), DataType.BF16, () -> {})
            .run(Models.open(MODEL), golden);
    assertFalse(two.agrees());
  }

  @Test
  void aModelWithoutGoldenOutputsHasNone() throws IOException {
    assertEquals(List.of(), GoldenRecord.beside(folder));
  }

  @Test
  void aBrokenRecordIsNamedByFileAndLine() throws IOException {
    Path golden = Files.createDirectories(folder.resolve("golden")).resolve("some.jsonl");
    String record = Files.readAllLines(MODEL.resolve("golden/own.fr-en.jsonl")).get(0);
    for (String broken : List.of("{", "{}", "[]", record.replace("beam_size", "beams"))) {
      Files.write(golden, List.of(record, broken));
      IOException failure =
          assertThrows(IOException.class, () -> GoldenRecord.beside(folder), broken);
      assertEquals(golden + ": line 2 is no golden record", failure.getMessage());
    }
  }

  private static ModelResult check(DataType precision, List<GoldenRecord> golden) {
    return new ModelCheck(() -> Devices.open("cpu", Optional.of(precision)), precision, () -> {})
        .run(Models.open(MODEL), golden);
  }

  private static GoldenRecord scored(GoldenRecord record, double score) {
    return new GoldenRecord(
        record.text(), record.options(), record.hypotheses(), List.of(score), record.translation());
  }

  private static GoldenRecord translated(GoldenRecord record, String translation) {
    return new GoldenRecord(
        record.text(), record.options(), record.hypotheses(), record.scores(), translation);
  }
}
