// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.model.Model;
import dev.dragoman.model.ModelFormatException;
import dev.dragoman.model.TinyCTranslate2;
import dev.dragoman.model.TinyM2m100;
import dev.dragoman.model.TinyModel;
import dev.dragoman.model.ZipBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelLanguagesTest {
  @TempDir Path directory;

  @Test
  void marianMtSaysThemWithItsTokenizer() throws IOException {
    TinyModel tiny = new TinyModel(directory);
    assertEquals(Optional.empty(), languages(directory));
    tiny.write("tokenizer_config.json", "{\"source_lang\":\"fr\",\"target_lang\":\"en\"}");
    assertEquals(Optional.of("fr to en"), languages(directory));
    Model model = Models.open(directory);
    tiny.write("tokenizer_config.json", "{\"source_lang\":[]}");
    String refusal =
        assertThrows(ModelFormatException.class, () -> ModelLanguages.of(directory, model))
            .getMessage();
    assertTrue(refusal.contains("tokenizer_config.json: source_lang is []"), refusal);
  }

  @Test
  void argosSaysThemInItsMetadata() throws IOException {
    Path argos = directory.resolve("fr-en.argosmodel");
    Files.write(argos, ZipBytes.deflated(new TinyCTranslate2().argos()));
    assertEquals(Optional.of("fr to en"), languages(argos));
    Path unpacked = Files.createDirectories(directory.resolve("unpacked"));
    TinyCTranslate2.write(new TinyCTranslate2().argosFiles(), unpacked);
    assertEquals(Optional.of("fr to en"), languages(unpacked));
  }

  @Test
  void modelsOfManyListThem() throws IOException {
    TinyCTranslate2.write(TinyM2m100.files(), directory);
    String languages = languages(directory).orElseThrow();
    assertTrue(languages.matches("any two of [0-9]+: [a-z ]+"), languages);
  }

  @Test
  void othersDoNotSay() throws IOException {
    new TinyCTranslate2().open(directory);
    assertEquals(Optional.empty(), languages(directory));
  }

  private static Optional<String> languages(Path path) {
    return ModelLanguages.of(path, Models.open(path));
  }
}
