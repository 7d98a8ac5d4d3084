// SPDX-License-Identifier: Apache-2.0
package dev.dragoman;

import java.nio.file.Path;

/** The places of what tests read beside the classes. */
public final class Repository {
  /** The checkout's folder. */
  public static final Path ROOT =
      Path.of(System.getProperty("dragoman.root", "..")).toAbsolutePath().normalize();

  /** The bundled model. */
  public static final Path MODEL = ROOT.resolve("models/fr-en");

  private Repository() {}
}
