// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.options;

import dev.dragoman.TranslationOptions;
import dev.dragoman.Translator;
import dev.dragoman.cli.options.LanguageOptions.Languages;
import dev.dragoman.device.Device;
import dev.dragoman.hub.HubCache;
import dev.dragoman.hub.HubException;
import dev.dragoman.hub.HubSettings;
import dev.dragoman.hub.ModelName;
import dev.dragoman.model.Model;
import dev.dragoman.model.formats.Models;
import dev.dragoman.pipeline.Futures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The real backend, which also knows the models that were pulled from the hub. */
public final class RealBackend implements Backend {
  private final Map<String, String> environment;

  public RealBackend() {
    this(System.getenv());
  }

  public RealBackend(Map<String, String> environment) {
    this.environment = environment;
  }

  /** {@inheritDoc} The devices are opened, which loads their libraries, while the model is read. */
  @Override
  public Translator load(Path model, Languages languages, TranslationOptions options) {
    CompletableFuture<List<Device>> devices =
        CompletableFuture.supplyAsync(
            () -> Translator.open(options.device()),
            work -> new Thread(work, "dragoman-devices").start());
    Model opened;
    try {
      opened = languages.choose(Models.open(model));
      opened.requireLanguages();
    } catch (RuntimeException | Error e) {
      close(devices, e);
      throw e;
    }
    return Translator.load(opened, Futures.await(devices), options);
  }

  /** Closes devices that nothing was loaded on; why they did not open is told with the cause. */
  private static void close(CompletableFuture<List<Device>> devices, Throwable cause) {
    try {
      devices.join().forEach(Device::close);
    } catch (RuntimeException | Error e) {
      cause.addSuppressed(e);
    }
  }

  /**
   * {@inheritDoc} A directory that is there comes first; {@code ORG/NAME} that is not is looked
   * for.
   */
  @Override
  public Path locate(Path model) throws IOException {
    Optional<ModelName> name =
        Files.exists(model) ? Optional.empty() : ModelName.parse(model.toString());
    if (name.isEmpty()) {
      return model;
    }
    HubSettings settings = HubSettings.of(environment, Path.of(System.getProperty("user.home")));
    try {
      return new HubCache(settings.cache()).locate(name.get());
    } catch (HubException e) {
      throw new IOException(
          "there is no directory %s here; %s, with 'dragoman pull %s'"
              .formatted(model, e.getMessage(), name.get()),
          e);
    }
  }

  @Override
  public Model open(Path model) {
    return Models.open(model);
  }
}
