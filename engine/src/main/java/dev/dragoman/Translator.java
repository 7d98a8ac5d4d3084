// SPDX-License-Identifier: Apache-2.0
package dev.dragoman;

import dev.dragoman.device.Device;
import dev.dragoman.device.Devices;
import dev.dragoman.model.Model;
import dev.dragoman.model.formats.Models;
import dev.dragoman.pipeline.EngineStatus;
import dev.dragoman.pipeline.Futures;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * Translates text with one model on one device or several. Safe to call from several threads.
 *
 * <pre>{@code
 * Path model = Path.of("models/fr-en");
 * try (Translator translator = Translator.load(model, TranslationOptions.defaults())) {
 *   System.out.println(translator.translate("Je suis étudiant.").text());
 * }
 * }</pre>
 *
 * <p>All memory is taken at load. The same text gives the same translation whatever is translated
 * beside it. Every line gives one {@link Translation}; one that cannot be translated says why and
 * leaves the others alone.
 */
public interface Translator extends AutoCloseable {
  /** Lines under way for each slot: enough to hide that some take longer than others. */
  int LINES_PER_SLOT = 8;

  /**
   * Loads a model.
   *
   * @param model its directory; see {@link Models#open}
   * @throws dev.dragoman.model.ModelFormatException if the model is missing, broken or not
   *     supported
   * @throws dev.dragoman.device.DeviceUnavailableException if the device is not there
   * @throws dev.dragoman.natives.UnpackException if there is no folder for native libraries
   * @throws dev.dragoman.pipeline.TooLittleMemoryException if the options ask for more memory than
   *     there is
   */
  static Translator load(Path model, TranslationOptions options) {
    return load(Models.open(model), options);
  }

  /** Loads a model that has been opened. */
  static Translator load(Model model, TranslationOptions options) {
    model.requireLanguages();
    return load(model, open(options.device()), options);
  }

  /** Opens the devices that these options ask for. */
  static List<Device> open(DeviceOptions options) {
    return Devices.openAll(options.name(), options.precision().type(), options.volume());
  }

  /**
   * Loads a model onto a device that has been opened.
   *
   * @param device closed with the translator
   * @param options of which {@link TranslationOptions#device} is passed over
   */
  static Translator load(Model model, Device device, TranslationOptions options) {
    return load(model, List.of(device), options);
  }

  /**
   * Loads a model onto each of several devices, which translate from one queue. Should one of them
   * be lost, the others translate its sentences.
   *
   * @param devices closed with the translator
   * @param options of which {@link TranslationOptions#device} is passed over
   */
  static Translator load(Model model, List<Device> devices, TranslationOptions options) {
    try {
      return new EngineTranslator(model, devices, options);
    } catch (RuntimeException | Error e) {
      devices.forEach(Device::close);
      throw e;
    }
  }

  /**
   * Begins to translate one line of text. Waits while too many lines are under way, {@link
   * #LINES_PER_SLOT} for each slot; so it must not be called by what depends on the result and runs
   * where it was made, as {@link CompletableFuture#thenAccept} does.
   *
   * @return the translation; it ends with {@link dev.dragoman.device.NoDeviceLeftException} if
   *     every device was lost before it was done, and with {@link IllegalStateException} if the
   *     translator is closed
   * @throws IllegalStateException if this thread is interrupted while it waits; it stays so
   */
  CompletableFuture<Translation> submit(String line);

  /** Translates one line of text. */
  default Translation translate(String line) {
    return Futures.await(submit(line));
  }

  /**
   * Translates lines of text.
   *
   * @return one translation for each, in order
   * @throws dev.dragoman.device.NoDeviceLeftException if every device was lost on the way
   */
  default List<Translation> translate(List<String> lines) {
    List<CompletableFuture<Translation>> translations = lines.stream().map(this::submit).toList();
    return translations.stream().map(Futures::await).toList();
  }

  /**
   * Translates any number of lines, in order, with a bounded number of them under way. The lines
   * are read by another thread, ahead of the result; close the result if it is not read to its end.
   *
   * @throws RuntimeException from the result's reading, if reading {@code lines} threw it
   * @throws dev.dragoman.device.NoDeviceLeftException from the result's reading, at the first line
   *     that was not done when the last device was lost
   */
  default Stream<Translation> translate(Stream<String> lines) {
    return TranslationStream.of(lines, this::submit, LINES_PER_SLOT * status().slots());
  }

  /** Describes in words what computes: devices, precision, workers, slots, memory, shortlist. */
  String description();

  /** Names what translations depend on beside model and options: {@link Device#arithmetic()}. */
  String arithmetic();

  /** Returns what the devices have and do now. */
  EngineStatus status();

  /** Stops the workers and gives the memory back; what is being translated fails. */
  @Override
  void close();
}
