// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.options;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.dragoman.TranslationOptions;
import dev.dragoman.device.DeviceUnavailableException;
import dev.dragoman.model.ModelFormatException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RealBackendTest {
  @TempDir private Path folder;

  @Test
  void aModelThatCannotBeReadDoesNotHideThatADeviceIsNotThere() {
    TranslationOptions options = TranslationOptions.defaults().withDevice("abacus");
    RealBackend backend = new RealBackend(Map.of());

    ModelFormatException model =
        assertThrows(
            ModelFormatException.class,
            () -> backend.load(folder.resolve("none"), opened -> opened, options));

    assertEquals(1, model.getSuppressed().length);
    assertInstanceOf(DeviceUnavailableException.class, model.getSuppressed()[0].getCause());
  }
}
