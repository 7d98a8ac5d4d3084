// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.dragoman.TranslationOptions;
import dev.dragoman.Translator;
import dev.dragoman.device.DataType;
import dev.dragoman.device.cuda.CudaDevices.Products;
import dev.dragoman.device.cuda.EmulatedDriver.Order;
import dev.dragoman.device.cuda.EmulatedDriver.Timing;
import dev.dragoman.model.formats.Models;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A cuBLAS that adds up in another order where there are few rows changes no translation. */
class BatchInvarianceTest {
  private static final Path MODEL =
      Path.of(System.getProperty("dragoman.root", "..")).resolve("models/fr-en");

  @AfterEach
  void oneOrderAgain() {
    if (EmulatedDriver.isEmulated()) {
      EmulatedDriver.halveProductsBelow(0);
    }
  }

  @Test
  void theLeastSizeIsTheOneFromWhichOnAllAgree() {
    assertEquals(OptionalInt.of(1), BatchInvariance.leastRows(4096, rows -> true));
    assertEquals(OptionalInt.of(48), BatchInvariance.leastRows(4096, rows -> rows > 40));
    assertEquals(
        OptionalInt.of(128),
        BatchInvariance.leastRows(4096, rows -> rows != 120),
        "smaller ones do not help");
  }

  @Test
  void whereItWouldBeTooManyRowsThereIsNone() {
    assertEquals(OptionalInt.of(256), BatchInvariance.leastRows(4096, rows -> rows >= 256));
    assertEquals(OptionalInt.empty(), BatchInvariance.leastRows(4096, rows -> rows > 256));
    assertEquals(
        OptionalInt.empty(),
        BatchInvariance.leastRows(1024, rows -> rows >= 128),
        "parts of 1,024 rows leave parts of 64");
  }

  @Test
  void theLargestProductTakesLittleMemory() {
    assertEquals(4096, mostRows(58_101));
    assertEquals(1024, mostRows(256_204));
  }

  private static int mostRows(int words) {
    return BatchInvariance.tried()
        .mostRows(new ProductShape(512, words, DataType.F16, DataType.F32));
  }

  @Test
  void aTranslationDoesNotDependOnTheSentencesBesideIt() {
    List<String> lines =
        List.of(
            "Un chien court dans la neige.", "Le petit chat dort sur une chaise.", "Il fait beau.");
    ProductChoices tried = ProductChoices.of(BatchInvariance.triedUpTo(128));
    ProductChoices trusted = ProductChoices.of(BatchInvariance.trusted());
    assertEquals(scores(lines, 3, tried), scores(lines, 1, tried));
    assertNotEquals(scores(lines, 3, trusted), scores(lines, 1, trusted), "there is no danger");
  }

  /**
   * Returns scores of the bundled model where products of few rows add up in another order; a
   * sentence alone has four rows.
   */
  private List<Double> scores(List<String> lines, int slots, ProductChoices choices) {
    CudaDevice device = open(DataType.F32, choices);
    EmulatedDriver.halveProductsBelow(8);
    TranslationOptions options =
        TranslationOptions.defaults().withSlots(slots).withWorkers(1).withBeamSize(4);
    try (Translator translator = Translator.load(Models.open(MODEL), device, options)) {
      return translator.translate(lines).stream()
          .map(translation -> translation.hypotheses().get(0).score())
          .toList();
    }
  }

  private static CudaDevice open(DataType precision, ProductChoices choices) {
    EmulatedDriver.requireEmulation();
    CudaDevices.behave(Timing.DEFERRED, Order.FORWARD);
    Gpu gpu = CudaDeviceProvider.openGpu(0);
    gpu.use(choices);
    return CudaDevices.open(gpu, precision, Products.CUBLAS);
  }
}
