package dev.dragoman.cli;

import dev.dragoman.TranslationOptions;
import dev.dragoman.Translator;
import dev.dragoman.model.Model;
import dev.dragoman.model.Models;
import java.nio.file.Path;

/** The real engine. */
final class RealBackend implements Backend {

  @Override
  public TextTranslator load(Path model, TranslationOptions options) {
    return TextTranslator.of(Translator.load(model, options));
  }

  @Override
  public Model open(Path model) {
    return Models.open(model);
  }
}
