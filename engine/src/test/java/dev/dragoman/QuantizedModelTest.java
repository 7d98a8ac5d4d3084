// SPDX-License-Identifier: Apache-2.0
package dev.dragoman;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.device.DeviceUnavailableException;
import dev.dragoman.doctor.Bleu;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.opentest4j.TestAbortedException;

/** What fewer bits cost, in BLEU: in the model's file, and in the products. */
@Tag("processor")
class QuantizedModelTest {
  private static final Path ROOT = Path.of(System.getProperty("dragoman.root", ".."));
  private static final Path SHARED = ROOT.resolve("../shared");
  private static final Path BUNDLED = ROOT.resolve("models/fr-en");

  /** What the model's card says, measured by its maker with sacreBLEU. */
  private static final double PUBLISHED = 52.5;

  @Test
  @Tag("slow")
  void losesLittle(TestReporter reporter) throws IOException {
    Path data = SHARED.resolve("data");
    Assumptions.assumeTrue(Files.exists(data), "skipped: " + data + " is not there");
    Path models = SHARED.resolve("models");
    double half = bleu(models.resolve("fr-en-ct2"), Precision.FLOAT32, data);
    double eight = bleu(models.resolve("fr-en-ct2-int8"), Precision.FLOAT32, data);
    reporter.publishEntry("BLEU", "float16 %.2f, int8 %.2f".formatted(half, eight));
    assertEquals(PUBLISHED, half, 0.1);
    assertEquals(half, eight, 0.5);
  }

  @ParameterizedTest
  @CsvSource({"INT8,0.3", "BFLOAT16,0.2"})
  @Tag("slow")
  void productsInOtherPrecisionsLoseLittle(Precision precision, double most, TestReporter reporter)
      throws IOException {
    Path data = SHARED.resolve("data");
    Assumptions.assumeTrue(Files.exists(data), "skipped: " + data + " is not there");
    double reference = bleu(BUNDLED, Precision.FLOAT32, data);
    double other = bleu(BUNDLED, precision, data);
    reporter.publishEntry("BLEU", "float32 %.2f, %s %.2f".formatted(reference, precision, other));
    assertEquals(reference, other, most);
  }

  @Test
  void inEightBitsMostTranslationsStayTheSame() throws IOException {
    List<String> texts = Files.readAllLines(BUNDLED.resolve("golden/own.fr.txt"));
    int same = 0;
    try (Translator exact = load(BUNDLED, Precision.FLOAT32);
        Translator rounded = load(BUNDLED, Precision.INT8)) {
      for (String text : texts) {
        same += exact.translate(text).text().equals(rounded.translate(text).text()) ? 1 : 0;
      }
    }
    assertTrue(same >= 45, same + " of " + texts.size());
  }

  private static Translator load(Path model, Precision precision) {
    try {
      return Translator.load(
          model, TranslationOptions.defaults().withDevice("cpu").withPrecision(precision));
    } catch (DeviceUnavailableException e) {
      throw new TestAbortedException("skipped: " + e.getMessage(), e);
    }
  }

  private static double bleu(Path model, Precision precision, Path data) throws IOException {
    List<String> texts = Files.readAllLines(data.resolve("multi30k.test2016.fr"));
    List<String> references = Files.readAllLines(data.resolve("multi30k.test2016.en"));
    try (Translator translator = load(model, precision)) {
      List<String> translations =
          translator.translate(texts).stream().map(Translation::text).toList();
      return Bleu.of(translations, references);
    }
  }
}
