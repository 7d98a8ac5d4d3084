// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dragoman.model.TinyCTranslate2;
import dev.dragoman.model.TinyMarian;
import dev.dragoman.model.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In the hub's cache, whose folders are called by a commit, a model of any format has its name. */
class ModelNameTest {

  @TempDir Path cache;
  private Path snapshot;

  @BeforeEach
  void makeSnapshot() throws IOException {
    String commit = "0123456789".repeat(4);
    snapshot = Files.createDirectories(cache.resolve("models--some--model/snapshots/" + commit));
  }

  @Test
  void aMarianMtModelHasItsName() throws IOException {
    TinyModel unused = new TinyModel(snapshot);
    assertEquals("some/model", name(Map.of()));
  }

  @Test
  void aCTranslate2ModelHasItsName() throws IOException {
    assertEquals("some/model", name(new TinyCTranslate2().files()));
  }

  @Test
  void aMarianModelHasItsName() throws IOException {
    assertEquals("some/model", name(new TinyMarian().files()));
  }

  @Test
  void anArgosPackageHasItsName() throws IOException {
    assertEquals("some/model", name(new TinyCTranslate2().argosFiles()));
  }

  private String name(Map<String, byte[]> files) throws IOException {
    TinyCTranslate2.write(files, snapshot);
    return Models.open(snapshot).config().label().name();
  }
}
