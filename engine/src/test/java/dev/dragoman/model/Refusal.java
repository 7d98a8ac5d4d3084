// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dragoman.model.formats.Models;
import java.nio.file.Path;

/** The refusal of a broken model. */
public final class Refusal {

  private Refusal() {}

  /** Requires that a model is refused in one line that names the file and the place. */
  public static void require(Path path, String file, String place) {
    String message = assertThrows(ModelFormatException.class, () -> Models.open(path)).getMessage();
    assertEquals(1, message.lines().count(), message);
    assertTrue(message.contains(file), message);
    assertTrue(message.contains(place), message);
  }
}
