package dev.dragoman.cli;

import dev.dragoman.TranslationOptions;
import dev.dragoman.Translator;
import dev.dragoman.model.Model;
import java.io.IOException;
import java.nio.file.Path;

/** The commands' way to the engine. */
interface Engine {

  /** As {@link Translator#load}. */
  LineTranslator load(Path model, TranslationOptions options) throws IOException;

  /** The directory of a model that may be given by its name on the hub. */
  default Path locate(Path model) throws IOException {
    return model;
  }

  /** Reads a model without putting it on a device. */
  Model open(Path model);
}
