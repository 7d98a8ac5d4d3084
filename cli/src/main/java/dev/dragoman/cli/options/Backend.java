// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.options;

import dev.dragoman.TranslationOptions;
import dev.dragoman.Translator;
import dev.dragoman.cli.options.LanguageOptions.Languages;
import dev.dragoman.device.Devices;
import dev.dragoman.device.Inspection;
import dev.dragoman.model.Model;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** The commands' way to the engine. */
public interface Backend {

  /** Loads a model as {@link Translator#load}, between the languages that were chosen. */
  Translator load(Path model, Languages languages, TranslationOptions options);

  /**
   * Returns the directory of a model that may be given by its name on the hub.
   *
   * @throws IOException if it is such a name, and the model has not been pulled
   */
  default Path locate(Path model) throws IOException {
    return model;
  }

  /** Returns what there is to compute on, by kind of device, fastest first. */
  default Map<String, Inspection> inspect() {
    return Devices.inspect();
  }

  /** Reads a model without putting it on a device. */
  Model open(Path model);
}
