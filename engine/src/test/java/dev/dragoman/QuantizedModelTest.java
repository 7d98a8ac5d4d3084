package dev.dragoman;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** What int8 costs: the BLEU of a model that CTranslate2 has quantized, beside float16. */
class QuantizedModelTest {
  private static final Path SHARED =
      Path.of(System.getProperty("dragoman.root", "..")).resolve("../shared");

  /** What the model's card says, measured by its maker with sacreBLEU. */
  private static final double PUBLISHED = 52.5;

  @Test
  void tokensAreThoseOf13a() {
    assertArrayEquals(
        new String[] {"A", "man", "'s", "1,000.5", "dogs", "(", "2", "-", "3", ")", ",", "ok", "."},
        Bleu.tokens("A man 's 1,000.5 dogs (2-3), ok."));
  }

  @Test
  @Tag("slow")
  void losesLittle(TestReporter reporter) throws IOException {
    Path data = SHARED.resolve("data");
    Assumptions.assumeTrue(Files.exists(data), "skipped: " + data + " is not there");
    double half = bleu("fr-en-ct2", data);
    double eight = bleu("fr-en-ct2-int8", data);
    reporter.publishEntry("BLEU", "float16 %.2f, int8 %.2f".formatted(half, eight));
    assertEquals(PUBLISHED, half, 0.1);
    assertEquals(half, eight, 0.5);
  }

  private static double bleu(String model, Path data) throws IOException {
    TranslationOptions options =
        TranslationOptions.defaults()
            .withDevice("cpu")
            .withPrecision(TranslationOptions.Precision.FLOAT32);
    List<String> texts = Files.readAllLines(data.resolve("multi30k.test2016.fr"));
    List<String> references = Files.readAllLines(data.resolve("multi30k.test2016.en"));
    try (Translator translator =
        Translator.load(SHARED.resolve("models").resolve(model), options)) {
      List<String> translations =
          translator.translate(texts).stream().map(Translation::text).toList();
      return Bleu.of(translations, references);
    }
  }
}
