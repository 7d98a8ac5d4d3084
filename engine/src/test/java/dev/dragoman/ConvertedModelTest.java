// SPDX-License-Identifier: Apache-2.0
package dev.dragoman;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.model.Model;
import dev.dragoman.model.formats.Models;
import dev.dragoman.model.huggingface.MarianMtWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model of another maker translates as before when it is written as MarianMT. */
@Tag("slow")
class ConvertedModelTest {
  private static final Path ROOT = Path.of(System.getProperty("dragoman.root", ".."));

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"fr-en", "fr-en-ct2", "fr-en-ct2-int8", "fr-en-marian"})
  void translatesAsBefore(String name) throws IOException {
    Path path = ROOT.resolve("../shared/models").resolve(name);
    Assumptions.assumeTrue(Files.exists(path), "skipped: " + path + " is not there");
    List<String> texts = Files.readAllLines(Path.of("../models/fr-en/golden/own.fr.txt"));
    Model model = Models.open(path);
    MarianMtWriter.write(model, directory, Optional.empty());
    List<Translation> before = translate(model, texts);
    assertTrue(before.stream().allMatch(translation -> translation.failure().isEmpty()));
    assertEquals(before, translate(Models.open(directory), texts));
  }

  private static List<Translation> translate(Model model, List<String> texts) {
    TranslationOptions options = TranslationOptions.defaults().withDevice("cpu").withNBest(4);
    try (Translator translator = Translator.load(model, options)) {
      return translator.translate(texts);
    }
  }
}
