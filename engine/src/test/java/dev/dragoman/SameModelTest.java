package dev.dragoman;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One model in the forms of several makers translates alike: the same tokens, the same scores. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SameModelTest {
  private static final Path ROOT = Path.of(System.getProperty("dragoman.root", ".."));
  private static final double SCORE_TOLERANCE = 1e-5;

  private final Map<Integer, List<Translation>> expectedByBeam = new HashMap<>();

  @ParameterizedTest
  @CsvSource({"fr-en-ct2, 4", "fr-en-ct2, 1", "fr-en-marian, 4", "fr-en-marian, 1"})
  void translatesAlike(String name, int beam) throws IOException {
    Path other = ROOT.resolve("../shared/models").resolve(name);
    Assumptions.assumeTrue(Files.exists(other), "skipped: " + other + " is not there");
    List<String> texts = Files.readAllLines(Path.of("../models/fr-en/golden/own.fr.txt"));
    List<Translation> expected =
        expectedByBeam.computeIfAbsent(
            beam, size -> translate(ROOT.resolve("models/fr-en"), texts, size));
    List<Translation> actual = translate(other, texts, beam);
    double worst = 0;
    for (int i = 0; i < texts.size(); i++) {
      List<Translation.Hypothesis> hypotheses = actual.get(i).hypotheses();
      assertTrue(actual.get(i).failure().isEmpty(), texts.get(i));
      assertEquals(beam, hypotheses.size(), texts.get(i));
      for (int rank = 0; rank < beam; rank++) {
        Translation.Hypothesis wanted = expected.get(i).hypotheses().get(rank);
        assertEquals(wanted.pieces(), hypotheses.get(rank).pieces(), texts.get(i));
        assertEquals(wanted.text(), hypotheses.get(rank).text());
        worst = Math.max(worst, Math.abs(wanted.score() - hypotheses.get(rank).score()));
      }
    }
    assertEquals(0, worst, SCORE_TOLERANCE);
  }

  private static List<Translation> translate(Path model, List<String> texts, int beam) {
    TranslationOptions options =
        TranslationOptions.defaults()
            .withDevice("cpu")
            .withPrecision(TranslationOptions.Precision.FLOAT32)
            .withBeamSize(beam)
            .withNBest(beam);
    try (Translator translator = Translator.load(model, options)) {
      return translator.translate(texts);
    }
  }
}
