package dev.dragoman.cli;

import dev.dragoman.TranslationOptions;
import dev.dragoman.Translator;
import dev.dragoman.cli.LanguageOptions.Languages;
import dev.dragoman.cli.hub.HubCache;
import dev.dragoman.cli.hub.HubSettings;
import dev.dragoman.cli.hub.ModelName;
import dev.dragoman.model.Model;
import dev.dragoman.model.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The real backend, which also knows the models that were pulled from the hub. */
final class RealBackend implements Backend {
  private final Map<String, String> environment;

  RealBackend() {
    this(System.getenv());
  }

  RealBackend(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public TextTranslator load(Path model, Languages languages, TranslationOptions options) {
    return TextTranslator.of(Translator.load(languages.choose(Models.open(model)), options));
  }

  /** A directory that is there comes first; {@code ORG/NAME} that is not is looked for. */
  @Override
  public Path locate(Path model) throws IOException {
    Optional<ModelName> name =
        Files.exists(model) ? Optional.empty() : ModelName.parse(model.toString());
    if (name.isEmpty()) {
      return model;
    }
    HubSettings settings = HubSettings.of(environment, Path.of(System.getProperty("user.home")));
    return new HubCache(settings.cache()).locate(name.get());
  }

  @Override
  public Model open(Path model) {
    return Models.open(model);
  }
}
