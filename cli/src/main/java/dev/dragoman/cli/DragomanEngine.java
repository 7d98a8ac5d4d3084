package dev.dragoman.cli;

import dev.dragoman.TranslationOptions;
import dev.dragoman.Translator;
import dev.dragoman.model.Model;
import java.nio.file.Path;

/** The real engine. */
final class DragomanEngine implements Engine {

  @Override
  public LineTranslator load(Path model, TranslationOptions options) {
    return LineTranslator.of(Translator.load(model, options));
  }

  @Override
  public Model open(Path model) {
    throw new UnsupportedOperationException("being written");
  }
}
