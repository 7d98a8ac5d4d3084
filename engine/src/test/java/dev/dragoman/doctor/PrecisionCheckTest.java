// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.TranslationOptions;
import dev.dragoman.device.DataType;
import dev.dragoman.device.Devices;
import dev.dragoman.device.FoundDevice;
import dev.dragoman.model.formats.Models;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the precisions of this processor do to a test set; how fast is not what is tested. */
@Tag("processor")
class PrecisionCheckTest {
  private static final Path MODEL =
      Path.of(System.getProperty("dragoman.root", ".."), "models/fr-en");
  private static final List<String> LINES = List.of("Je suis étudiant.", "Il fait froid ce matin.");
  private static final FoundDevice CPU = Devices.inspect("cpu").orElseThrow().devices().get(0);

  /** The first line gives four tokens, so that BLEU is more than 0. */
  @Test
  void withoutReferencesFloat32IsTheMeasure() {
    PrecisionComparison compared =
        compare(new TestSet("two lines", LINES, Optional.empty()), CPU.precisions());
    assertEquals(
        CPU.precisions(), compared.results().stream().map(PrecisionResult::precision).toList());
    PrecisionResult exact = compared.results().get(0);
    assertEquals(100, exact.bleu(), 1e-9);
    assertEquals(1, compared.speedup(exact), 1e-9);
    assertEquals(0, compared.gain(exact), 1e-9);
    compared.results().forEach(result -> assertTrue(result.linesPerSecond() > 0));
    assertTrue(compared.fastest().isPresent());
  }

  @Test
  void withReferencesTheyAreTheMeasure() {
    List<String> references = List.of("Nothing of that kind here.", "Nor there at all.");
    PrecisionComparison compared =
        compare(new TestSet("two lines", LINES, Optional.of(references)), List.of(DataType.F32));
    assertTrue(compared.results().get(0).bleu() < 50, compared.toString());
  }

  @Test
  void aPrecisionThatFailsLeavesTheOthersAlone() {
    PrecisionComparison compared =
        compare(
            new TestSet("two lines", LINES, Optional.empty()), List.of(DataType.F16, DataType.F32));
    assertEquals(1, compared.results().size());
    assertEquals(
        "the CPU multiplies in float32, bfloat16 and int8, not in float16",
        compared.failures().get(DataType.F16));
  }

  @Test
  void aTestSetHasAReferenceForEachLine() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new TestSet("two lines", LINES, Optional.of(List.of("One."))));
    assertThrows(
        IllegalArgumentException.class, () -> new TestSet("none", List.of(), Optional.empty()));
    assertEquals(Optional.empty(), TestSet.of(List.of()));
  }

  private static PrecisionComparison compare(TestSet testSet, List<DataType> precisions) {
    return new PrecisionCheck(
            CPU, Models.open(MODEL), TranslationOptions.defaults().withSlots(2), 0)
        .run(testSet, precisions);
  }
}
