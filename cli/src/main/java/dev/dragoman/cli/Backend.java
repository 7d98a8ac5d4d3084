package dev.dragoman.cli;

import dev.dragoman.TranslationOptions;
import dev.dragoman.Translator;
import dev.dragoman.model.Model;
import java.nio.file.Path;

/** The commands' way to the engine. */
interface Backend {

  /** As {@link Translator#load}. */
  TextTranslator load(Path model, TranslationOptions options);

  /** Reads a model without putting it on a device. */
  Model open(Path model);
}
