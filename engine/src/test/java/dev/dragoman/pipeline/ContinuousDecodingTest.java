// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dragoman.Hang;
import dev.dragoman.Precision;
import dev.dragoman.Translation;
import dev.dragoman.TranslationOptions;
import dev.dragoman.Translator;
import dev.dragoman.model.Model;
import dev.dragoman.model.formats.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A sentence is translated alike, to the last bit of its score, whatever stands beside it. */
@Timeout(Hang.SECONDS)
@Tag("processor")
class ContinuousDecodingTest {
  private static final Path ROOT = Path.of(System.getProperty("dragoman.root", ".."));
  private static final Model MODEL = Models.open(ROOT.resolve("models/fr-en"));

  private record Sizes(int slots, int workers) {}

  private static final List<Sizes> SIZES =
      List.of(new Sizes(1, 1), new Sizes(2, 2), new Sizes(5, 3), new Sizes(16, 1), new Sizes(5, 1));

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void translationsDoNotDependOnSlotsWorkersAndOrder(int beamSize) throws IOException {
    TranslationOptions options =
        TranslationOptions.defaults()
            .withDevice("cpu")
            .withPrecision(Precision.FLOAT32)
            .withBeamSize(beamSize)
            .withNBest(beamSize);
    List<String> lines = lines();
    Map<String, Translation> expected = translate(lines, options.withSlots(16).withWorkers(1));
    Random random = new Random(beamSize);
    for (Sizes sizes : SIZES) {
      List<String> shuffled = new ArrayList<>(lines);
      Collections.shuffle(shuffled, random);
      Map<String, Translation> actual =
          translate(shuffled, options.withSlots(sizes.slots).withWorkers(sizes.workers));
      for (String line : lines) {
        assertEquals(expected.get(line), actual.get(line), sizes + ": " + line);
      }
    }
  }

  private static Map<String, Translation> translate(
      List<String> lines, TranslationOptions options) {
    try (Translator translator = Translator.load(MODEL, options)) {
      List<Translation> translations = translator.translate(lines);
      Map<String, Translation> byLine = new HashMap<>();
      for (int i = 0; i < lines.size(); i++) {
        byLine.put(lines.get(i), translations.get(i));
      }
      return byLine;
    }
  }

  /** Returns ordinary sentences, and some of one word, of many, of nonsense, and of nothing. */
  private static List<String> lines() throws IOException {
    List<String> lines =
        new ArrayList<>(
            Files.readAllLines(Path.of("../models/fr-en/golden/own.fr.txt")).subList(0, 12));
    String longer = String.join(" ", lines.subList(8, 12));
    lines.addAll(
        List.of("Oui", "Non !", "a", "…", "", "zxqj wvkk 42", "Bonjour. ".repeat(12), longer));
    lines.addAll(List.of("12 34 56 78", "Un. Deux. Trois.", "LA MAISON EST GRANDE"));
    return lines;
  }
}
